package faults

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"

	"modernc.org/sqlite"

	"mediarelay/internal/app"
	"mediarelay/internal/config"
	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/library"
)

// crashingProgram is the name under which the test binary is that server.
const crashingProgram = "crashing-server"

const (
	crashAtEnv  = "MEDIARELAY_TEST_CRASH_AT"  // a crash point
	crashNthEnv = "MEDIARELAY_TEST_CRASH_NTH" // how many times it is reached before
	crashByEnv  = "MEDIARELAY_TEST_CRASH_BY"  // "sleep" means SIGSTOP, until SIGCONT
	// staleReadsEnv, if set, hides from early sends that stored bytes were discarded.
	staleReadsEnv = "MEDIARELAY_TEST_STALE_READS"
)

// The crash points, in the order of a file's lifecycle.
const (
	afterRow           = "after the upload's row"
	afterFile          = "after its file is made"
	afterSomeBytes     = "after some bytes"
	afterLastByte      = "after the last byte is written"
	afterFlush         = "after the flush"
	beforeFinish       = "before the finish and the job are committed"
	afterFinish        = "after the finish and the job are committed"
	beforeSending      = "before the file is sent"
	whileSending       = "while the file is sent"
	afterMediaID       = "after the answer with a media ID, before its commit"
	afterCopy          = "after the commit of the media ID"
	afterSession       = "after a session is opened, before its commit"
	whileInSession     = "while a session is sent"
	afterHandle        = "after the answer with a handle, before its commit"
	beforeNotification = "after the end is committed, before subscribers are notified"
)

var crashPoints = []string{
	afterRow, afterFile, afterSomeBytes, afterLastByte, afterFlush, beforeFinish, afterFinish, beforeSending, whileSending,
	afterMediaID, afterCopy, afterSession, whileInSession, afterHandle, beforeNotification,
}

// crashingServer is the program: the real server of this test binary, with crash points
// between its parts. The product contains none of this.
func crashingServer() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	nth, _ := strconv.ParseInt(os.Getenv(crashNthEnv), 10, 64) // 0 if no crash is wanted
	d := &crasher{point: os.Getenv(crashAtEnv), observedBytes: map[string]int64{}}
	d.left.Store(nth)
	sqlite.MustRegisterScalarFunction(sqlCrashFunction, 1, d.inTransaction)
	cfg, err := config.Load(config.Settings{}, os.LookupEnv)
	if err == nil {
		err = app.Run(ctx, app.Options{Config: cfg, WebFiles: stage.WebFiles, Stdout: os.Stdout, WrapSeams: d.wrap})
	}
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "mediarelay:", err)
		os.Exit(1)
	}
}

type crasher struct {
	point string
	left  atomic.Int64
	// arriving has the digests of the files that are being uploaded.
	arriving sync.Map
	// mu guards observedBytes: by upload, the most bytes that a read has seen.
	mu            sync.Mutex
	observedBytes map[string]int64
}

// at kills the process at a step, without warning.
func (d *crasher) at(step string) {
	if step != d.point || d.left.Add(-1) != 0 {
		return
	}
	_, _ = fmt.Fprintf(os.Stderr, "crashed %s\n", step)
	if os.Getenv(crashByEnv) == "sleep" {
		_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
		return
	}
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}

func (d *crasher) wrap(p app.Seams) app.Seams {
	p.Uploads = crashingUploads{p.Uploads, d}
	p.Bytes = crashingBytes{p.Bytes, p.Uploads, d}
	for channel, api := range p.Providers {
		p.Providers[channel] = crashingProvider{api, d}
	}
	return p
}

type crashingUploads struct {
	app.Uploads
	crasher *crasher
}

func (m crashingUploads) CreateUpload(ctx context.Context, u library.Upload) error {
	err := m.Uploads.CreateUpload(ctx, u)
	m.crasher.at(afterRow)
	return err
}

func (m crashingUploads) FinishUpload(ctx context.Context, id, sha256 string, failure *library.Problem) error {
	m.crasher.at(beforeFinish)
	m.crasher.arriving.Delete(sha256)
	err := m.Uploads.FinishUpload(ctx, id, sha256, failure)
	m.crasher.at(afterFinish)
	return err
}

// Subscribe reaches the crash point before subscribers are notified.
func (m crashingUploads) Subscribe(id string) (<-chan struct{}, func()) {
	changes, stop := m.Uploads.Subscribe(id)
	told, over := make(chan struct{}, 1), make(chan struct{})
	go func() {
		for {
			select {
			case <-over:
				return
			case <-changes:
			}
			if u, err := m.UploadByID(context.Background(), id); err == nil && u.State == library.StateDone {
				m.crasher.at(beforeNotification)
			}
			select {
			case told <- struct{}{}:
			default: // a notification is pending already
			}
		}
	}()
	return told, func() { close(over); stop() }
}

type crashingBytes struct {
	app.Bytes
	rows    app.Uploads
	crasher *crasher
}

func (m crashingBytes) Create(ctx context.Context, id string) error {
	err := m.Bytes.Create(ctx, id)
	m.crasher.at(afterFile)
	return err
}

func (m crashingBytes) Append(ctx context.Context, id string, offset int64, r io.Reader) (int64, error) {
	m.arrives(ctx, id)
	n, err := m.Bytes.Append(ctx, id, offset, m.crasher.reading(r, afterSomeBytes, 1))
	m.written(ctx, id, offset+n)
	return n, err
}

func (m crashingBytes) AppendChecked(ctx context.Context, id string, offset int64, r io.Reader, check func(int64) error) (int64, error) {
	m.arrives(ctx, id)
	n, err := m.Bytes.AppendChecked(ctx, id, offset, m.crasher.reading(r, afterSomeBytes, 1), check)
	m.written(ctx, id, offset+n)
	return n, err
}

func (m crashingBytes) arrives(ctx context.Context, id string) {
	if u, err := m.rows.UploadByID(ctx, id); err == nil && u.State == library.StateUploading {
		m.crasher.arriving.Store(u.DeclaredSHA256, true)
	}
}

func (m crashingBytes) written(ctx context.Context, id string, end int64) {
	if u, err := m.rows.UploadByID(ctx, id); err == nil && u.Length == end {
		m.crasher.at(afterLastByte)
	}
}

func (m crashingBytes) Seal(ctx context.Context, id string) error {
	err := m.Bytes.Seal(ctx, id)
	m.crasher.at(afterFlush)
	return err
}

// reading is a reader whose reads are a crash point after a number of bytes.
func (d *crasher) reading(r io.Reader, step string, after int64) io.Reader {
	return &crashingReader{Reader: r, crasher: d, point: step, left: after}
}

type crashingReader struct {
	io.Reader
	crasher *crasher
	point   string
	left    int64
}

// Close is passed on: it tells a body that waits for its client that the request has
// ended.
func (m *crashingReader) Close() error { return closed(m.Reader) }

func closed(r io.Reader) error {
	closer, ok := r.(io.Closer)
	if !ok {
		return nil
	}
	return closer.Close()
}

func (m *crashingReader) Read(p []byte) (int, error) {
	if m.left <= 0 {
		m.crasher.at(m.point)
	}
	n, err := m.Reader.Read(p)
	m.left -= int64(n)
	return n, err
}
