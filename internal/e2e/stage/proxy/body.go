package proxy

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"time"
)

// truncatedBody is the beginning of a body, and then the result of a function.
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
		err = nil // the next read returns what then returns, and not EOF
	}
	return n, err
}

// flippedBody is a body in which one bit is changed.
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

// strippedResponse leaves headers out of an answer.
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

// heldResponse holds a body until it is complete.
type heldResponse struct {
	http.ResponseWriter
	held bytes.Buffer
	fire func()
}

func (h *heldResponse) WriteHeader(status int) {
	h.ResponseWriter.WriteHeader(status)
	_ = http.NewResponseController(h.ResponseWriter).Flush() // without it the client has less
}

func (h *heldResponse) Write(b []byte) (int, error) {
	if h.held.Len() == 0 {
		h.fire()
	}
	return h.held.Write(b)
}

// Flush does nothing: that is the fault.
func (h *heldResponse) Flush() {}

func (h *heldResponse) release() { _, _ = h.ResponseWriter.Write(h.held.Bytes()) }

// discardedResponse is an answer that goes nowhere.
type discardedResponse struct {
	header http.Header
	status int
}

func (u *discardedResponse) Header() http.Header { return u.header }

func (u *discardedResponse) WriteHeader(status int) { u.status = status }

func (u *discardedResponse) Write(b []byte) (int, error) { return len(b), nil }

// requestBody is a body that is counted and slowed down.
type requestBody struct {
	io.ReadCloser
	proxy *Proxy
	note  *Request

	rate  int       // in bytes a second
	since time.Time // when the rate was set
	sent  int       // bytes since then
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

// throttle waits until a line of the proxy's rate has carried the bytes so far, and
// returns the rate.
func (l *requestBody) throttle() int {
	l.proxy.mu.Lock()
	rate := l.proxy.rate
	l.proxy.mu.Unlock()
	if rate != l.rate {
		l.rate, l.since, l.sent = rate, time.Now(), 0
	}
	if rate > 0 {
		time.Sleep(time.Until(l.since.Add(time.Duration(l.sent) * time.Second / time.Duration(rate)))) // the rate itself, not an event
	}
	return rate
}

// responseRecorder records what the browser receives.
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
