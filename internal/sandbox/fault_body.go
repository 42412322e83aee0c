package sandbox

import (
	"bytes"
	"io"
	"net/http"
	"time"
)

// recorder records an answer that may never be sent. It replaces httptest's, which would
// register a command-line flag in the server.
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

// cutBody ends after left bytes like the body of a broken connection.
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

// slowBody limits the rate of a body, in bytes per second.
type slowBody struct {
	io.ReadCloser
	rate int64
	fire func()
	done <-chan struct{}
}

// Read returns at most the bytes of 100 ms and then waits for 100 ms.
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
