package relay

import (
	"context"
	"errors"
	"time"
)

// lookEvery is how often is looked for more bytes: at 20 Mbit/s, 50 KB come in the
// meantime.
const lookEvery = 20 * time.Millisecond

var (
	errSilent    = errors.New("the client sends nothing")
	errTakenBack = errors.New("stored bytes were taken back")
)

// following reads an upload's stored bytes as they come.
type following struct {
	*sending
	forerun *forerun
	ctx     context.Context // of the request
}

func (r *following) Read(p []byte) (int, error) {
	if r.at >= r.size {
		return r.read(p, r.size)
	}
	end, err := r.await()
	if err != nil {
		return 0, r.broken(err)
	}
	return r.read(p, end)
}

// await returns where the bytes end that may go now, once there are some. It
// gives up on a client from which nothing comes, unless a worker has the upload.
func (r *following) await() (end int64, err error) {
	heard := time.Now()
	for last := int64(-1); ; {
		arrived, end, err := r.look()
		if err != nil || end > r.at {
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
func (r *following) look() (arrived, end int64, err error) {
	select {
	case <-r.forerun.gate:
		r.digest = r.forerun.digest
		return r.size, r.size, nil
	default:
	}
	arrived, err = r.forerun.arrived()
	if err == nil && arrived < r.at {
		err = errTakenBack
	}
	return arrived, min(arrived, r.start()), err
}

func (r *following) pause() error {
	timer := time.NewTimer(lookEvery)
	defer timer.Stop()
	select {
	case <-r.ctx.Done():
		return context.Cause(r.ctx)
	case <-r.forerun.gate:
	case <-timer.C:
	}
	return nil
}
