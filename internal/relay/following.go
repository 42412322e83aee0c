package relay

import (
	"context"
	"errors"
	"io"
	"time"
)

const (
	// heldBack is what a forerun keeps until the upload is checked: more than a
	// multipart form has behind the file, and one piece of what a connection takes.
	heldBack = 64 << 10
	// lookEvery is how often is looked for more bytes: at 20 Mbit/s, 50 KB come in
	// the meantime.
	lookEvery = 20 * time.Millisecond
)

var (
	errSilent    = errors.New("the client sends nothing")
	errTakenBack = errors.New("stored bytes were taken back")
)

// following reads an upload's stored bytes as they come.
type following struct {
	*forerun
	ctx context.Context // of the request
	at  int64
	// silent says that it ended since the client sent nothing.
	silent bool
}

func (f *forerun) follow(ctx context.Context, offset int64) io.Reader {
	f.body = &following{forerun: f, ctx: ctx, at: offset}
	return f.body
}

func (r *following) Read(p []byte) (int, error) {
	if r.at >= r.object.Size {
		return 0, io.EOF
	}
	free, err := r.await()
	if err != nil {
		return 0, err
	}
	n, err := r.content.ReadAt(p[:min(int64(len(p)), free-r.at)], r.at)
	r.at += int64(n)
	if errors.Is(err, io.EOF) { // shorter than the store said
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// await returns where the bytes end that may go now, once there are some. It
// gives up on a client from which nothing comes, unless a worker has the upload.
func (r *following) await() (free int64, err error) {
	heard := time.Now()
	for last := int64(-1); ; {
		arrived, open, err := r.look()
		if err != nil {
			return 0, err
		}
		if free := r.free(arrived, open); free > r.at {
			return free, nil
		}
		if arrived != last || r.claimed.Load() {
			last, heard = arrived, time.Now()
		}
		if time.Since(heard) > r.relay.config.Silence {
			r.silent = true
			return 0, errSilent
		}
		if err := r.pause(); err != nil {
			return 0, err
		}
	}
}

func (r *following) look() (arrived int64, open bool, err error) {
	select {
	case <-r.gate:
		return r.object.Size, true, nil
	default:
	}
	if arrived, err = r.arrived(); err == nil && arrived < r.at {
		err = errTakenBack
	}
	return arrived, false, err
}

func (r *following) free(arrived int64, open bool) int64 {
	if open {
		return r.object.Size
	}
	return min(arrived, r.object.Size-heldBack)
}

func (r *following) pause() error {
	timer := time.NewTimer(lookEvery)
	defer timer.Stop()
	select {
	case <-r.ctx.Done():
		return context.Cause(r.ctx)
	case <-r.gate:
	case <-timer.C:
	}
	return nil
}
