package relay

import (
	"context"
	"errors"
	"sync"
	"time"
)

// lookEvery is how often is looked for more bytes: at 20 Mbit/s, 50 KB come in the
// meantime.
const lookEvery = 20 * time.Millisecond

var (
	errSilent    = errors.New("the client sends nothing")
	errTakenBack = errors.New("stored bytes were taken back")
	errOver      = errors.New("the request has ended")
)

// following reads an upload's stored bytes as they come, until its request ends.
type following struct {
	forerun *forerun
	ctx     context.Context // of the request
	over    chan struct{}
	once    sync.Once

	mu      sync.Mutex
	sending *sending
}

func (f *forerun) follow(ctx context.Context, s *sending) *following {
	body := &following{forerun: f, ctx: ctx, over: make(chan struct{}), sending: s}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.body = body
	return body
}

// Close is called when the request has ended, whoever ended it: a Read that waits
// for the client must not keep the provider's answer from being heard.
func (r *following) Close() error {
	r.once.Do(func() { close(r.over) })
	return nil
}

func (r *following) Read(p []byte) (int, error) {
	end, err := r.await()
	r.mu.Lock()
	defer r.mu.Unlock()
	if errors.Is(err, errOver) {
		return 0, err
	}
	if err != nil {
		return 0, r.sending.remember(err)
	}
	if r.forerun.opened() {
		r.sending.digest = r.forerun.digest
	}
	return r.sending.read(p, end)
}

func (r *following) at() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.sending.at
}

// sent is what has been given so far.
func (r *following) sent() *sending {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := *r.sending
	s.hash, _ = s.hash.Clone() // never fails: nothing is outside memory
	return &s
}

// await returns where the bytes end that may go now, once there are some. It
// gives up on a client from which nothing comes, unless a worker has the upload.
func (r *following) await() (end int64, err error) {
	heard, at := time.Now(), r.at()
	for last := int64(-1); ; {
		arrived, end, err := r.look(at)
		if err != nil || end > at || at == r.forerun.object.Size {
			return end, err
		}
		if arrived != last || r.forerun.claimed.Load() {
			last, heard = arrived, time.Now()
		}
		if time.Since(heard) > r.forerun.relay.config.Silence {
			return 0, errSilent
		}
		if err := r.pause(); err != nil {
			return 0, err
		}
	}
}

// look says how many bytes there are, and where those end that may go.
func (r *following) look(at int64) (arrived, end int64, err error) {
	size := r.forerun.object.Size
	if r.forerun.opened() {
		return size, size, nil
	}
	arrived, err = r.forerun.arrived()
	if err == nil && arrived < at {
		err = errTakenBack
	}
	return arrived, min(arrived, size-heldBack), err
}

func (r *following) pause() error {
	timer := time.NewTimer(lookEvery)
	defer timer.Stop()
	select {
	case <-r.ctx.Done():
		return context.Cause(r.ctx)
	case <-r.over:
		return errOver
	case <-r.forerun.gate:
	case <-timer.C:
	}
	return nil
}
