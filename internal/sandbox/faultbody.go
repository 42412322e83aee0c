package sandbox

import (
	"bytes"
	"io"
	"net/http"
	"time"
)

// recorder keeps an answer that may never be sent. httptest has one, and with it
// a flag that would show in the program's usage.
type recorder struct {
	status int
	header http.Header
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header {
	if r.header == nil {
		r.header = http.Header{}
	}
	return r.header
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

func (r *recorder) Write(p []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(p)
}

// cutBody ends in the middle, as the body of a broken connection does.
type cutBody struct {
	io.ReadCloser
	left    int64
	reached bool
}

func (c *cutBody) Read(p []byte) (int, error) {
	if c.left == 0 {
		c.reached = true
		return 0, io.ErrUnexpectedEOF
	}
	if int64(len(p)) > c.left {
		p = p[:c.left]
	}
	n, err := c.ReadCloser.Read(p)
	c.left -= int64(n)
	return n, err
}

type slowBody struct {
	io.ReadCloser
	rate int64
	fire func()
	done <-chan struct{}
}

// Read gives a tenth of a second's bytes, and waits as long.
func (s *slowBody) Read(p []byte) (int, error) {
	const step = 100 * time.Millisecond
	p = p[:min(int64(len(p)), max(1, s.rate/10))]
	n, err := s.ReadCloser.Read(p)
	s.fire()
	select {
	case <-time.After(step):
	case <-s.done:
	}
	return n, err
}
