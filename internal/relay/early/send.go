package early

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/provider"
	"mediarelay/internal/relay/verified"
	"mediarelay/internal/store"
)

// A request is made again after its client was silent: a media object from its first
// byte, a session where it is. The session's bound is for clients that drip.
const (
	mediaRestarts   = 2
	sessionRestarts = 8
)

// Send is one copy's early send.
type Send struct {
	sender   *Sender
	upload   library.Upload
	want     media.Copy
	provider Provider
	content  *store.Content
	object   media.Object

	ctx   context.Context // of the whole send; stop ends it
	stop  context.CancelFunc
	life  *lifecycle
	ended chan struct{} // closed when no request runs and none will

	mu      sync.Mutex
	session media.SessionID
	body    *tailReader // of the last request

	last request // read it after the end
}

// request is the last request of a send.
type request struct {
	began time.Time
	value string // what the provider gave
	err   error
	own   error // our own failure, which broke it
}

func (p *plan) newSend(ctx context.Context, want media.Copy) (*Send, error) {
	content, err := p.config.Bytes.Open(ctx, p.upload.ID)
	if err != nil {
		return nil, err
	}
	e := &Send{
		sender: p.Sender, upload: p.upload, want: want, provider: p.provider, content: content,
		object: media.Object{Filename: p.upload.Filename, Type: p.mediaType, Size: p.upload.Length, SHA256: p.upload.DeclaredSHA256},
		life:   newLifecycle(), ended: make(chan struct{}),
	}
	e.ctx, e.stop = context.WithCancel(ctx)
	return e, nil
}

// run sends until the provider has answered, the request broke, or the send is
// stopped. A silent client costs the request but not the send. It is called with a
// request's place, and gives it back.
func (e *Send) run() {
	defer close(e.ended)
	restarts := sessionRestarts
	if e.want == media.CopyMediaID {
		restarts = mediaRestarts
	}
	for ; ; restarts-- {
		e.send()
		e.sender.registry.leave()
		if !e.wasSilent() || restarts == 0 || !e.awaitBytes() {
			break
		}
	}
	e.life.end()
	e.report()
}

func (e *Send) send() {
	ctx, cancel := context.WithCancel(e.ctx)
	defer cancel()
	e.last = request{began: e.sender.config.Now()}
	if e.want == media.CopyHandle {
		e.last.err = e.sendSession(ctx)
		return
	}
	e.last.err = e.sendMedia(ctx)
}

func (e *Send) sendMedia(ctx context.Context) error {
	if err := e.provider.AwaitUploadSlot(ctx); err != nil {
		return err
	}
	e.last.began = e.sender.config.Now()
	body := e.follow(ctx, verified.NewReader(e.content, e.object.Size))
	id, err := e.provider.UploadMedia(ctx, e.object, body)
	e.last.value, e.last.own = string(id), body.sent().Err()
	return err
}

func (e *Send) sendSession(ctx context.Context) error {
	from, err := e.position(ctx)
	if err != nil {
		return err
	}
	body := e.follow(ctx, from)
	h, err := e.provider.SendSession(ctx, e.sessionID(), provider.Part{Object: e.object, Offset: body.offset(), Body: body})
	e.last.value, e.last.own = string(h), body.sent().Err()
	return err
}

// position opens the session, or asks the open one for its offset.
func (e *Send) position(ctx context.Context) (*verified.Reader, error) {
	if e.body == nil {
		s, err := e.provider.OpenSession(ctx, e.object)
		e.setSession(s)
		return verified.NewReader(e.content, e.object.Size), err
	}
	offset, err := e.provider.SessionOffset(ctx, e.sessionID())
	if err != nil {
		return nil, err
	}
	next, err := e.body.sent().ResumeAt(offset)
	if err != nil {
		e.setSession("") // what it holds is unknown
	}
	return next, err
}

func (e *Send) setSession(s media.SessionID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.session = s
}

func (e *Send) sessionID() media.SessionID {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.session
}

// absence is how long a send waits for a silent client before it ends. If the client
// comes back later, the finished upload is sent as usual.
const absence = time.Minute

// awaitBytes waits until more bytes have arrived and a request's place is free. It
// reports false if no further request is to be made.
func (e *Send) awaitBytes() bool {
	before, err := e.arrived()
	for until := time.Now().Add(absence); err == nil && before < e.object.Size && time.Now().Before(until); {
		select {
		case <-e.ctx.Done():
			return false
		case <-e.life.committed:
			return false
		case <-time.After(pollEvery):
		}
		var now int64
		now, err = e.arrived()
		if err == nil && now > before && e.sender.registry.enter() {
			return true
		}
	}
	return false
}

// arrived is how many bytes are stored, those included whose checksum is yet to come.
// If the checksum turns out wrong they are taken back, and the file's digest differs
// from that of the bytes that were sent.
func (e *Send) arrived() (int64, error) {
	return e.sender.config.Bytes.Arrived(e.ctx, e.upload.ID)
}

func (e *Send) close() {
	e.stop()
	e.sender.config.Ended(e.upload.Channel, e.want, e.result())
	if err := e.content.Close(); err != nil {
		slog.Warn("stored bytes of an early send could not be closed", "upload", e.upload.ID, "error", err)
	}
}
