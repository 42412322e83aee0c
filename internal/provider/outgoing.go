package provider

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"
)

// StallTimeout is how long one write to the API may wait for the other end to
// take it. Writes are of 32 KiB, so a peer below about 1 KB/s is given up.
const StallTimeout = 30 * time.Second

// ErrStalled says that the API stopped taking or giving bytes.
var ErrStalled = errors.New("provider: no byte moved for 30 s")

// outgoing is a request's body on its way. It knows whether everything was handed
// over, and gives up on a peer that no longer reads.
type outgoing struct {
	stop context.CancelCauseFunc

	source io.Reader

	mu     sync.Mutex
	from   io.Reader
	left   int64
	closed bool
	watch  *time.Timer
}

func newOutgoing(from io.Reader, length int64, stop context.CancelCauseFunc) *outgoing {
	return &outgoing{source: from, from: Exactly(from, length), left: length, stop: stop}
}

// Read is timed from the outside: the clock runs between two reads, while the
// transport writes, and stands still while our own source is waited for.
func (o *outgoing) Read(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return 0, errors.New("provider: body read after its request had ended")
	}
	o.rest()
	n, err := o.from.Read(p)
	o.left -= int64(n)
	if err == nil {
		o.watch = time.AfterFunc(StallTimeout, func() { o.stop(ErrStalled) })
	}
	return n, err
}

// Close takes the source away from the transport, which may otherwise read on
// after the request has ended. It waits for a Read that is under way, which a
// source that waits itself is told to end.
func (o *outgoing) Close() error {
	Release(o.source)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.rest()
	o.closed = true
	return nil
}

// Release closes a source of a body that can be closed, so that its Read returns.
// What reads a body through passes its Close on with it.
func Release(source io.Reader) {
	if closer, ok := source.(io.Closer); ok {
		_ = closer.Close() // nothing is written by it
	}
}

func (o *outgoing) rest() {
	if o.watch != nil {
		o.watch.Stop()
	}
}

// drained tells whether everything was handed to the connection, so that the API
// may have taken it.
func (o *outgoing) drained() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.left == 0
}
