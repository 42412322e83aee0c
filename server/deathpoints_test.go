package main

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

	"mediarelay/internal/config"
	"mediarelay/internal/library"
)

// The server that kills itself at a step of a file's way. It is the real one, of
// this test binary, with parts around its own; nothing of it is in the program.

const (
	dieAt  = "MEDIARELAY_TEST_DIE_AT"  // a step
	dieNth = "MEDIARELAY_TEST_DIE_NTH" // at its so manieth time
	dieBy  = "MEDIARELAY_TEST_DIE_BY"  // "sleep" is SIGSTOP, until SIGCONT
	// lookLate lets foreruns not see that bytes are taken back, if it is set.
	lookLate = "MEDIARELAY_TEST_LOOK_LATE"
)

// The steps, in their order.
const (
	afterRow          = "after the upload's row"
	afterFile         = "after its file is made"
	afterSomeBytes    = "after some bytes"
	afterLastByte     = "after the last byte is written"
	afterFlush        = "after the flush"
	beforeFinish      = "before the finish and the job are committed"
	afterFinish       = "after the finish and the job are committed"
	beforeSending     = "before the file is sent"
	whileSending      = "while the file is sent"
	afterMediaID      = "after the answer with a media ID, before its commit"
	afterCopy         = "after the commit of the media ID"
	afterSession      = "after a session is opened, before its commit"
	whileInSession    = "while a session is sent"
	afterHandle       = "after the answer with a handle, before its commit"
	beforeTheyAreTold = "after the end is committed, before anybody is told"
)

var steps = []string{
	afterRow, afterFile, afterSomeBytes, afterLastByte, afterFlush, beforeFinish, afterFinish, beforeSending, whileSending,
	afterMediaID, afterCopy, afterSession, whileInSession, afterHandle, beforeTheyAreTold,
}

// mortal is the command of that server.
func mortal() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	nth, _ := strconv.ParseInt(os.Getenv(dieNth), 10, 64) // none for a step that never comes
	d := &death{step: os.Getenv(dieAt), seen: map[string]int64{}}
	d.left.Store(nth)
	sqlite.MustRegisterScalarFunction(sqlDeath, 1, d.inTransaction)
	cfg, err := config.Load(config.Settings{}, os.LookupEnv)
	if err == nil {
		err = serveWith(ctx, cfg, site{files: webFiles, stdout: os.Stdout, dress: d.dress})
	}
	os.Exit(complain(os.Stderr, err))
}

type death struct {
	step string
	left atomic.Int64
	// arriving has the digests of the files that come and are not whole.
	arriving sync.Map
	// seen is how many bytes of each upload looks have seen.
	looks sync.Mutex
	seen  map[string]int64
}

// at kills the process, as nothing in it can see coming.
func (d *death) at(step string) {
	if step != d.step || d.left.Add(-1) != 0 {
		return
	}
	_, _ = fmt.Fprintf(os.Stderr, "died %s\n", step)
	if os.Getenv(dieBy) == "sleep" {
		_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
		return
	}
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}

func (d *death) dress(p parts) parts {
	p.uploads = mortalUploads{p.uploads, d}
	p.bytes = mortalBytes{p.bytes, p.uploads, d}
	for channel, api := range p.providers {
		p.providers[channel] = mortalProvider{api, d}
	}
	return p
}

type mortalUploads struct {
	uploads
	death *death
}

func (m mortalUploads) CreateUpload(ctx context.Context, u library.Upload) error {
	err := m.uploads.CreateUpload(ctx, u)
	m.death.at(afterRow)
	return err
}

func (m mortalUploads) FinishUpload(ctx context.Context, id, sha256 string, failure *library.Problem) error {
	m.death.at(beforeFinish)
	m.death.arriving.Delete(sha256)
	err := m.uploads.FinishUpload(ctx, id, sha256, failure)
	m.death.at(afterFinish)
	return err
}

// Subscribe looks at what changed before it tells anybody.
func (m mortalUploads) Subscribe(id string) (<-chan struct{}, func()) {
	changes, stop := m.uploads.Subscribe(id)
	told, over := make(chan struct{}, 1), make(chan struct{})
	go func() {
		for {
			select {
			case <-over:
				return
			case <-changes:
			}
			if u, err := m.UploadByID(context.Background(), id); err == nil && u.State == library.StateDone {
				m.death.at(beforeTheyAreTold)
			}
			select {
			case told <- struct{}{}:
			default: // a hint is waiting already
			}
		}
	}()
	return told, func() { close(over); stop() }
}

type mortalBytes struct {
	storedBytes
	rows  uploads
	death *death
}

func (m mortalBytes) Create(ctx context.Context, id string) error {
	err := m.storedBytes.Create(ctx, id)
	m.death.at(afterFile)
	return err
}

func (m mortalBytes) Append(ctx context.Context, id string, offset int64, r io.Reader) (int64, error) {
	m.arrives(ctx, id)
	n, err := m.storedBytes.Append(ctx, id, offset, m.death.reading(r, afterSomeBytes, 1))
	m.written(ctx, id, offset+n)
	return n, err
}

func (m mortalBytes) AppendChecked(ctx context.Context, id string, offset int64, r io.Reader, check func(int64) error) (int64, error) {
	m.arrives(ctx, id)
	n, err := m.storedBytes.AppendChecked(ctx, id, offset, m.death.reading(r, afterSomeBytes, 1), check)
	m.written(ctx, id, offset+n)
	return n, err
}

func (m mortalBytes) arrives(ctx context.Context, id string) {
	if u, err := m.rows.UploadByID(ctx, id); err == nil && u.State == library.StateUploading {
		m.death.arriving.Store(u.DeclaredSHA256, true)
	}
}

func (m mortalBytes) written(ctx context.Context, id string, end int64) {
	if u, err := m.rows.UploadByID(ctx, id); err == nil && u.Length == end {
		m.death.at(afterLastByte)
	}
}

func (m mortalBytes) Seal(ctx context.Context, id string) error {
	err := m.storedBytes.Seal(ctx, id)
	m.death.at(afterFlush)
	return err
}

// reading is a reader whose reads after so many bytes are a step.
func (d *death) reading(r io.Reader, step string, after int64) io.Reader {
	return &mortalReader{Reader: r, death: d, step: step, left: after}
}

type mortalReader struct {
	io.Reader
	death *death
	step  string
	left  int64
}

// Close is passed on: it tells a body that waits for its client of the request's end.
func (m *mortalReader) Close() error { return closed(m.Reader) }

func closed(r io.Reader) error {
	closer, ok := r.(io.Closer)
	if !ok {
		return nil
	}
	return closer.Close()
}

func (m *mortalReader) Read(p []byte) (int, error) {
	if m.left <= 0 {
		m.death.at(m.step)
	}
	n, err := m.Reader.Read(p)
	m.left -= int64(n)
	return n, err
}
