package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/tus/tusd/v2/pkg/filestore"
	"github.com/tus/tusd/v2/pkg/handler"
	"github.com/tus/tusd/v2/pkg/memorylocker"
	"golang.org/x/exp/slog"
)

// servePeer is the process of a server to compare with. It ends when it is killed.
func servePeer(name, dir string) error {
	h, err := peerHandler(name, dir)
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("Open http://%s\n", listener.Addr())
	return (&http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}).Serve(listener)
}

func peerHandler(name, dir string) (http.Handler, error) {
	switch name {
	case "bare":
		return bare{dir}, nil
	case "tusd":
		return plainTusd(dir)
	default:
		return nil, fmt.Errorf("unknown peer %q", name)
	}
}

// bare stores the body of a request under the last segment of its path. It does the work
// that no server can avoid that keeps what it acknowledges: one pass through a buffer,
// SHA-256, and a flush of the file.
type bare struct{ dir string }

var bareBuffers = sync.Pool{New: func() any { b := make([]byte, 256<<10); return &b }}

func (b bare) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := b.store(filepath.Base(r.URL.Path), r.Body); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusCreated)
}

func (b bare) store(name string, body io.Reader) (err error) {
	file, err := os.Create(filepath.Join(b.dir, name))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	buffer := bareBuffers.Get().(*[]byte)
	defer bareBuffers.Put(buffer)
	hash := sha256.New()
	// The struct hides ReadFrom, so that the buffer is used.
	if _, err := io.CopyBuffer(struct{ io.Writer }{io.MultiWriter(file, hash)}, body, *buffer); err != nil {
		return err
	}
	_ = hash.Sum(nil)
	return file.Sync()
}

// plainTusd is tusd with its own store in a folder and its locker in memory.
func plainTusd(dir string) (http.Handler, error) {
	composer := handler.NewStoreComposer()
	filestore.New(dir).UseIn(composer)
	memorylocker.New().UseIn(composer)
	tus, err := handler.NewHandler(handler.Config{
		StoreComposer: composer, BasePath: "/files/", Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		return nil, err
	}
	return http.StripPrefix("/files", tus), nil
}
