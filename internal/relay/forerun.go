package relay

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/provider"
	"mediarelay/internal/store"
)

// Restarts are how often a request is begun again for a client that fell silent. A
// media object begins at its first byte each time, a session where it is; its
// bound is one for clients that drip.
const (
	mediaRestarts   = 2
	sessionRestarts = 8
)

// forerun is a copy's request to the provider while its upload still arrives. Its
// body follows the stored bytes, those too whose checksum is yet to come, and
// stops heldBack bytes before their end until the worker of the finished upload,
// who has checked them, opens the gate. So nothing is complete at the provider
// that was not checked here.
//
// Nothing depends on a forerun and it records no copy: its worker does, and where
// it broke the worker goes the usual way, in its session where it has one. What
// the provider says to it, the channel's circuit is told.
type forerun struct {
	relay    *Relay
	upload   library.Upload
	want     media.Copy
	provider Provider
	content  *store.Content
	object   media.Object

	ctx     context.Context // of the whole forerun; stop ends it
	stop    context.CancelFunc
	claimed atomic.Bool   // by a worker
	gate    chan struct{} // closed by it
	digest  string        // that the worker has checked; read it behind the gate
	ended   chan struct{} // no request is on its way any more, and none will be

	mu        sync.Mutex
	sessionID media.SessionID
	body      *following // of the last request
	over      bool       // of its own, before the gate was opened
	won       bool

	// What follows is of the last request; read it after the end.
	began time.Time
	value string // what the provider gave
	err   error
	own   error // of our own, which broke it
}

// run sends until the provider has answered, the request broke, or the forerun
// is stopped. A client that falls silent costs the request and not the forerun.
// It is called with a place taken, and gives it back.
func (f *forerun) run() {
	defer close(f.ended)
	restarts := sessionRestarts
	if f.want == media.CopyMediaID {
		restarts = mediaRestarts
	}
	for ; ; restarts-- {
		f.err = f.send()
		f.relay.foreruns.leave()
		if !f.silent() || restarts == 0 || !f.bytesCome() {
			break
		}
	}
	f.endAndReport()
}

func (f *forerun) send() error {
	ctx, cancel := context.WithCancel(f.ctx)
	defer cancel()
	f.began, f.own = f.relay.now(), nil
	if f.want == media.CopyHandle {
		return f.sendSession(ctx)
	}
	if err := f.relay.mayUpload(ctx, f.provider); err != nil {
		return err
	}
	f.began = f.relay.now()
	body := f.follow(ctx, newSending(f.content, f.object.Size))
	id, err := f.provider.UploadMedia(ctx, f.object, body)
	f.value, f.own = string(id), body.sent().err
	return err
}

func (f *forerun) sendSession(ctx context.Context) error {
	from, err := f.position(ctx)
	if err != nil {
		return err
	}
	body := f.follow(ctx, from)
	h, err := f.provider.SendSession(ctx, f.session(), provider.Part{Object: f.object, Offset: body.at(), Body: body})
	f.value, f.own = string(h), body.sent().err
	return err
}

// position opens the session, or asks the open one how far it is.
func (f *forerun) position(ctx context.Context) (*sending, error) {
	if f.body != nil {
		offset, err := f.relay.offset(ctx, f.provider, f.session())
		if err != nil {
			return nil, err
		}
		next, err := f.body.sent().again(offset)
		if err != nil {
			f.forget() // nobody knows what it holds
		}
		return next, err
	}
	s, err := f.provider.OpenSession(ctx, f.object)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sessionID = s
	return newSending(f.content, f.object.Size), err
}

func (f *forerun) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sessionID = ""
}

func (f *forerun) session() media.SessionID {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.sessionID
}

// absence is how long a forerun waits for a client that sends nothing. One that
// comes back later finds the upload, which then goes the usual way.
const absence = time.Minute

// bytesCome waits until more bytes have come and a place is free. It reports
// false where no request is to be made any more.
func (f *forerun) bytesCome() bool {
	before, err := f.arrived()
	for until := time.Now().Add(absence); err == nil && before < f.object.Size && time.Now().Before(until); {
		select {
		case <-f.ctx.Done():
			return false
		case <-f.gate:
			return false
		case <-time.After(lookEvery):
		}
		var now int64
		now, err = f.arrived()
		if err == nil && now > before && f.relay.foreruns.enter() {
			return true
		}
	}
	return false
}

// arrived is how many bytes there are. Those that a check takes back again have
// another digest than the file, which the held ones wait for.
func (f *forerun) arrived() (int64, error) {
	return f.relay.config.Bytes.Arrived(f.ctx, f.upload.ID)
}
