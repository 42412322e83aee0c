package provider

import (
	"errors"
	"io"
)

// ErrBodyLength says that a body gave fewer or more bytes than were announced:
// the stored file is not the one that was described.
var ErrBodyLength = errors.New("provider: the body is not as long as was announced")

// Exactly reads r and fails with ErrBodyLength unless it holds size bytes. The
// failure comes before the last byte is given, so that no body of a wrong
// length is ever completed at the other end.
func Exactly(r io.Reader, size int64) io.Reader {
	return &exactly{from: r, left: size}
}

type exactly struct {
	from io.Reader
	left int64
	over bool
}

func (e *exactly) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, e.end()
	}
	if int64(len(p)) > e.left {
		p = p[:e.left]
	}
	n, err := e.from.Read(p)
	e.left -= int64(n)
	switch {
	case errors.Is(err, io.EOF) && e.left > 0:
		return n, ErrBodyLength
	case errors.Is(err, io.EOF):
		e.over = true
		return n, io.EOF
	case err == nil && e.left == 0:
		return e.last(p[:n])
	}
	return n, err
}

// last gives the final bytes only once the source has shown that it ends there.
func (e *exactly) last(p []byte) (int, error) {
	if err := e.end(); !errors.Is(err, io.EOF) {
		return 0, err
	}
	return len(p), io.EOF
}

func (e *exactly) end() error {
	if e.over {
		return io.EOF
	}
	var more [1]byte
	n, err := io.ReadFull(e.from, more[:])
	switch {
	case n > 0:
		return ErrBodyLength
	case errors.Is(err, io.EOF):
		e.over = true
	}
	return err
}
