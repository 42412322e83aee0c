package relay

import (
	"context"
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"mediarelay/internal/library"
	"mediarelay/internal/limit"
	"mediarelay/internal/media"
	"mediarelay/internal/provider"
	"mediarelay/internal/store"
)

// mediaRestarts is how often a media object is begun again for a client that fell
// silent: unlike a session it begins at its first byte each time.
const mediaRestarts = 2

// forerun is a copy's request to the provider while its upload still arrives. Its
// body follows the stored bytes and stops heldBack bytes before their end, until
// the worker of the finished upload, who has checked them, opens the gate. So
// nothing is complete at the provider that was not checked here.
//
// Nothing depends on a forerun and it records nothing: its worker does, and where
// it broke the worker goes the usual way, in its session where it has one.
type forerun struct {
	relay    *Relay
	upload   library.Upload
	want     media.Copy
	provider Provider
	content  *store.Content
	object   media.Object
	began    time.Time

	ctx     context.Context // of the whole forerun; stop ends it
	stop    context.CancelFunc
	gate    chan struct{}
	claimed atomic.Bool   // by a worker
	ended   chan struct{} // no request is on its way any more, and none will be

	mu        sync.Mutex
	sessionID media.SessionID

	body  *following // of the last request
	value string     // what the provider gave; read it after the end
	err   error
}

// run sends until the provider has answered, the request broke, or the forerun
// is stopped. A client that falls silent costs the request and not the forerun.
// It is called with a place taken, and gives it back.
func (f *forerun) run() {
	defer close(f.ended)
	for restarts := 0; ; restarts++ {
		f.err = f.send()
		f.relay.foreruns.leave()
		exhausted := f.want == media.CopyMediaID && restarts == mediaRestarts
		if !f.silent() || exhausted || !f.bytesCome() {
			return
		}
	}
}

func (f *forerun) send() error {
	f.body = nil // of the request before
	ctx, cancel := context.WithCancel(f.ctx)
	defer cancel()
	if f.want == media.CopyHandle {
		return f.sendSession(ctx)
	}
	if err := f.relay.mayUpload(ctx, f.upload.Channel, f.provider); err != nil {
		return err
	}
	id, err := f.provider.UploadMedia(ctx, f.object, f.follow(ctx, 0))
	f.value = string(id)
	return err
}

func (f *forerun) sendSession(ctx context.Context) error {
	offset, err := f.position(ctx)
	if err != nil {
		return err
	}
	h, err := f.provider.SendSession(ctx, f.session(), provider.Part{Object: f.object, Offset: offset, Body: f.follow(ctx, offset)})
	f.value = string(h)
	return err
}

// position opens the session, or asks the open one how far it is.
func (f *forerun) position(ctx context.Context) (offset int64, err error) {
	if s := f.session(); s != "" {
		return f.relay.offset(ctx, f.upload.Channel, f.provider, s)
	}
	s, err := f.provider.OpenSession(ctx, f.object)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sessionID = s
	return 0, err
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

// arrived is how many bytes count. Who does not hold the upload's lease may be
// told of bytes whose checksum has just failed, but not twice in a row.
func (f *forerun) arrived() (int64, error) {
	first, err := f.relay.config.Bytes.Offset(f.ctx, f.upload.ID)
	if err != nil {
		return 0, err
	}
	second, err := f.relay.config.Bytes.Offset(f.ctx, f.upload.ID)
	return min(first, second), err
}

// silent reports whether the last request was closed since the client sent
// nothing. Ask between requests only.
func (f *forerun) silent() bool { return f.body != nil && f.body.silent }

// over reports whether no request is on its way any more.
func (f *forerun) over() bool {
	select {
	case <-f.ended:
		return true
	default:
		return false
	}
}

// of reports whether the forerun sends what the worker has checked: the bytes of
// this very file, as this type, by this key.
func (f *forerun) of(j *job) bool {
	mine, err1 := f.content.Stat()
	theirs, err2 := j.content.Stat()
	return errors.Join(err1, err2) == nil && os.SameFile(mine, theirs) &&
		f.object.Type == j.object().Type && f.provider == j.provider
}

// finish lets the rest go and waits for the answer.
func (f *forerun) finish(ctx context.Context) (value string, err error) {
	close(f.gate)
	select {
	case <-f.ended:
	case <-ctx.Done():
		f.end()
	}
	outcome := wonForerun
	if f.err != nil {
		outcome = brokenForerun
	}
	f.relay.config.Metrics.foreruns.WithLabelValues(f.upload.Channel, string(f.want), outcome).Inc()
	return f.value, f.err
}

// end stops the forerun and waits until its request is gone.
func (f *forerun) end() {
	f.stop()
	<-f.ended
}

// offset asks a session how far it is, unless that might be one failure too
// many: a new session costs bytes, a blocked number costs half an hour.
func (r *Relay) offset(ctx context.Context, channel string, p Provider, s media.SessionID) (int64, error) {
	failures := p.Limits().FailedReadsPerHour
	if failures == 0 {
		return p.SessionOffset(ctx, s)
	}
	try, err := r.config.Limits.Try(ctx, "get/"+channel, limit.Budget{Errors: failures, Window: time.Hour})
	if err != nil {
		return 0, record(err)
	}
	offset, err := p.SessionOffset(ctx, s)
	if err == nil {
		err = record(try.Succeeded(ctx))
	}
	return offset, err
}

// mayUpload waits for the phone number's turn to make a media object.
func (r *Relay) mayUpload(ctx context.Context, channel string, p Provider) error {
	perSecond := p.Limits().UploadsPerSecond
	if perSecond == 0 {
		return nil
	}
	return record(r.config.Limits.Wait(ctx, "media/"+channel, uploadRate(perSecond)))
}
