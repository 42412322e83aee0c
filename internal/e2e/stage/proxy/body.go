package proxy

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// untilByte gives so many bytes of a body, and then what then returns.
type truncatedBody struct {
	io.ReadCloser
	left int64
	then func() error
	over error
}

func (u *truncatedBody) Read(b []byte) (int, error) {
	if u.left == 0 && u.over == nil {
		u.over = u.then()
	}
	if u.over != nil {
		return 0, u.over
	}
	n, err := u.ReadCloser.Read(b[:min(int64(len(b)), u.left)])
	u.left -= int64(n)
	if err == io.EOF && u.left == 0 {
		err = nil // the end comes with the next read, and is no end
	}
	return n, err
}

type flippedBody struct {
	io.ReadCloser
	at   int64
	fire func()
}

func (f *flippedBody) Read(b []byte) (int, error) {
	n, err := f.ReadCloser.Read(b)
	if f.at >= 0 && f.at < int64(n) {
		b[f.at] ^= 1
		f.fire()
	}
	f.at -= int64(n)
	return n, err
}

type strippedResponse struct {
	http.ResponseWriter
	names []string
	fire  func()
}

func (s *strippedResponse) WriteHeader(status int) {
	had := false
	for _, name := range s.names {
		had = had || s.Header().Get(name) != ""
		s.Header().Del(name)
	}
	if had {
		s.fire()
	}
	s.ResponseWriter.WriteHeader(status)
}

func (s *strippedResponse) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// unheard is an answer that goes nowhere.
type discardedResponse struct {
	header http.Header
	status int
}

func (u *discardedResponse) Header() http.Header { return u.header }

func (u *discardedResponse) WriteHeader(status int) { u.status = status }

func (u *discardedResponse) Write(b []byte) (int, error) { return len(b), nil }

// line is a body on its way.
type requestBody struct {
	io.ReadCloser
	proxy *Proxy
	note  *Request

	rate  int       // that was so since
	since time.Time // and let through
	sent  int       // so many bytes
}

func (l *requestBody) Read(b []byte) (int, error) {
	rate := l.throttle()
	if rate > 0 {
		b = b[:min(len(b), max(1, rate/50))]
	}
	n, err := l.ReadCloser.Read(b)
	l.sent += n
	l.proxy.mu.Lock()
	l.note.Received += int64(n)
	l.proxy.mu.Unlock()
	return n, err
}

// keepPace waits until the line has carried what was let through, and gives its rate.
func (l *requestBody) throttle() int {
	l.proxy.mu.Lock()
	rate := l.proxy.rate
	l.proxy.mu.Unlock()
	if rate != l.rate {
		l.rate, l.since, l.sent = rate, time.Now(), 0
	}
	if rate > 0 {
		time.Sleep(time.Until(l.since.Add(time.Duration(l.sent) * time.Second / time.Duration(rate)))) // the line's own speed
	}
	return rate
}

// listener notes what the browser is told.
type responseRecorder struct {
	http.ResponseWriter
	proxy *Proxy
	note  *Request
}

func (l *responseRecorder) WriteHeader(status int) {
	l.proxy.mu.Lock()
	l.note.Status, l.note.Answered = status, time.Now()
	l.note.ResponseOffset = ParseOffset(l.Header().Get("Upload-Offset"))
	l.proxy.mu.Unlock()
	l.ResponseWriter.WriteHeader(status)
}

func (l *responseRecorder) Unwrap() http.ResponseWriter { return l.ResponseWriter }

var errCut = errors.New("the line was cut")
