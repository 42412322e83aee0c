package provider

import (
	"errors"
	"io"
	"sync"
	"time"
)

// StallTimeout is how long the other end may take to accept one write. Writes are
// 32 KiB, so a peer slower than about 1 KB/s is given up.
const StallTimeout = 30 * time.Second

var (
	// ErrStalled: the API stopped reading the request or sending the response.
	ErrStalled = errors.New("provider: no byte was transferred for 30 s")
	// ErrBodyLength: a body has fewer or more bytes than announced, so it is not the
	// file that was described.
	ErrBodyLength = errors.New("provider: the body does not have the announced length")

	errBodyClosed = errors.New("provider: the body was read after its request had ended")
)

// Body is a body of exactly Length bytes, read from a source.
//
// Read fails with ErrBodyLength if the source has fewer or more bytes. It fails
// before it returns the last byte, so that the other end never sees a complete body
// of the wrong length.
//
// Close closes the source if that is an io.Closer, which must unblock a Read in
// progress, and waits for that Read. After Close, Read fails and does not touch the
// source. The HTTP transport may read a body after the request has ended.
type Body struct {
	length int64
	bytes  io.Reader
	source io.Reader // what Close closes: bytes, or the file of a form
	// stalled is called if the time between two reads exceeds StallTimeout; may be nil.
	stalled func()

	mu    sync.Mutex
	left  int64
	err   error // of the last Read
	watch *time.Timer
}

// NewBody returns a body of the bytes of source, which must have exactly length bytes.
func NewBody(source io.Reader, length int64) *Body {
	return &Body{bytes: source, source: source, length: length, left: length}
}

// Length is the number of bytes, or 0 for a nil body.
func (b *Body) Length() int64 {
	if b == nil {
		return 0
	}
	return b.length
}

// Read times the other end, not the source: the timer runs between two reads, while
// the transport writes, and is stopped while the source is read.
func (b *Body) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err != nil {
		return 0, b.err
	}
	b.stopWatch()
	var n int
	n, b.err = b.read(p)
	b.left -= int64(n)
	if b.err == nil && b.stalled != nil {
		b.watch = time.AfterFunc(StallTimeout, b.stalled)
	}
	return n, b.err
}

func (b *Body) read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, b.atEnd()
	}
	n, err := b.bytes.Read(p[:min(int64(len(p)), b.left)])
	last := int64(n) == b.left
	switch {
	case errors.Is(err, io.EOF) && !last:
		return n, ErrBodyLength
	case err == nil && last:
		if err := b.atEnd(); !errors.Is(err, io.EOF) {
			return 0, err // the last bytes are withheld
		}
		return n, io.EOF
	}
	return n, err
}

// atEnd returns io.EOF if the source has no more bytes.
func (b *Body) atEnd() error {
	var more [1]byte
	n, err := io.ReadFull(b.bytes, more[:])
	if n > 0 {
		return ErrBodyLength
	}
	return err
}

// Close ends the body. It may be called several times and during a Read.
func (b *Body) Close() error {
	err := closeSource(b.source)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stopWatch()
	b.err = errBodyClosed
	return err
}

// end closes a request's body, which may be nil.
func (b *Body) end() {
	if b != nil {
		_ = b.Close() // it was only read
	}
}

func (b *Body) stopWatch() {
	if b.watch != nil {
		b.watch.Stop()
	}
}

// drained reports whether all bytes were handed to the connection, so that the API
// may have received them. A nil body is drained.
func (b *Body) drained() bool {
	if b == nil {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.left == 0
}

// Release closes the source of a body if it is an io.Closer, so that its Read
// returns. A reader that wraps a source calls it in its own Close.
func Release(source io.Reader) {
	_ = closeSource(source) // sources are only read
}

func closeSource(source io.Reader) error {
	if closer, ok := source.(io.Closer); ok {
		return closer.Close()
	}
	return nil
}
