package early

import (
	"context"
	"errors"
	"sync"
	"time"

	"mediarelay/internal/relay/verified"
)

// pollEvery is how often we poll for new bytes. At 20 Mbit/s, 50 KB arrive in between.
const pollEvery = 20 * time.Millisecond

// Why a request was closed by us.
var (
	ErrSilent    = errors.New("the client sends nothing")
	ErrTakenBack = errors.New("stored bytes were taken back")

	errEnded = errors.New("the request has ended")
)

// tailReader reads an upload's stored bytes as they arrive, until its request ends.
type tailReader struct {
	send  *Send
	ctx   context.Context // of the request
	ended chan struct{}
	once  sync.Once

	mu   sync.Mutex
	from *verified.Reader
}

// follow is the body of the next request.
func (e *Send) follow(ctx context.Context, from *verified.Reader) *tailReader {
	body := &tailReader{send: e, ctx: ctx, ended: make(chan struct{}), from: from}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.body = body
	return body
}

// Close is called when the request has ended, whoever ended it: a Read that waits
// for the client must not delay the provider's answer.
func (r *tailReader) Close() error {
	r.once.Do(func() { close(r.ended) })
	return nil
}

func (r *tailReader) Read(p []byte) (int, error) {
	end, err := r.await()
	r.mu.Lock()
	defer r.mu.Unlock()
	if errors.Is(err, errEnded) {
		return 0, err
	}
	if err != nil {
		return 0, r.from.Fail(err)
	}
	if digest, ok := r.send.life.checked(); ok {
		r.from.Digest = digest
	}
	return r.from.ReadBefore(p, end)
}

func (r *tailReader) offset() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.from.Offset()
}

// sent is the reader as it is now: what has been given so far.
func (r *tailReader) sent() *verified.Reader {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.from.Clone()
}

// await waits for bytes that may be sent and returns where they end. It fails with
// ErrSilent if nothing arrives for too long and no worker has claimed the upload.
func (r *tailReader) await() (end int64, err error) {
	heard, offset := time.Now(), r.offset()
	for last := int64(-1); ; {
		arrived, end, err := r.poll(offset)
		if err != nil || end > offset || offset == r.send.object.Size {
			return end, err
		}
		if arrived != last || r.send.life.now() == claimed {
			last, heard = arrived, time.Now()
		}
		if time.Since(heard) > r.send.sender.config.Silence {
			return 0, ErrSilent
		}
		if err := r.pause(); err != nil {
			return 0, err
		}
	}
}

// poll returns how many bytes have arrived, and where those end that may be sent.
func (r *tailReader) poll(offset int64) (arrived, end int64, err error) {
	size := r.send.object.Size
	if _, ok := r.send.life.checked(); ok {
		return size, size, nil
	}
	arrived, err = r.send.arrived()
	if err == nil && arrived < offset {
		err = ErrTakenBack
	}
	return arrived, min(arrived, size-verified.HeldBack), err
}

func (r *tailReader) pause() error {
	timer := time.NewTimer(pollEvery)
	defer timer.Stop()
	select {
	case <-r.ctx.Done():
		return context.Cause(r.ctx)
	case <-r.ended:
		return errEnded
	case <-r.send.life.committed:
	case <-timer.C:
	}
	return nil
}
