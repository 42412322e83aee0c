package main

import (
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// fault is one thing that goes wrong on the way. It counts how often it
// happened: one that never did proves nothing, and fails its test.
type fault struct {
	name  string
	meets match
	times int // how often it happens; whenever it is met where 0
	act   func(*crossing)

	met, fired int
	first      time.Time // when it happened for the first time
}

// match picks the requests that a fault is for.
type match func(*http.Request) bool

// crossing is one request on its way through a fault.
type crossing struct {
	w     http.ResponseWriter
	r     *http.Request
	proxy *proxy
	fault *fault
	fired bool
}

// wrong puts a fault into the script. A request meets the first one that is for
// it and has not happened often enough.
func (p *proxy) wrong(f *fault) *fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = append(p.faults, f)
	return f
}

func (p *proxy) take(r *http.Request) *fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, f := range p.faults {
		if (f.times == 0 || f.met < f.times) && f.meets(r) {
			f.met++
			return f
		}
	}
	return nil
}

// right takes a fault out of the script; it must have happened by then.
func (p *proxy) right(f *fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f.meets = func(*http.Request) bool { return false }
}

func (p *proxy) happened(f *fault) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return f.fired
}

func (c *crossing) fire() {
	c.proxy.mu.Lock()
	defer c.proxy.mu.Unlock()
	if c.fault.fired == 0 {
		c.fault.first = time.Now()
	}
	c.fault.fired++
	c.fired = true
}

// giveBack leaves the fault for another request where this one was over before
// it could happen: the server had answered without the body, say.
func (c *crossing) giveBack() {
	c.proxy.mu.Lock()
	defer c.proxy.mu.Unlock()
	if !c.fired {
		c.fault.met--
	}
}

// onward lets the request go on as it is now.
func (c *crossing) onward() { c.proxy.forward.ServeHTTP(c.w, c.r) }

// Which requests.

func creation(r *http.Request) bool { return r.Method == http.MethodPost && r.URL.Path == "/files/" }

func method(names ...string) match {
	return func(r *http.Request) bool {
		for _, name := range names {
			if r.Method == name && strings.HasPrefix(r.URL.Path, "/files/") {
				return true
			}
		}
		return false
	}
}

// bytesOfFile are the requests that carry some.
func bytesOfFile(r *http.Request) bool {
	return method(http.MethodPost, http.MethodPatch)(r) && r.ContentLength > 0
}

// lastChunk is the one that carries a file of a size to its end.
func lastChunk(size int) match {
	return func(r *http.Request) bool {
		return bytesOfFile(r) && max(0, number(r.Header.Get("Upload-Offset")))+r.ContentLength == int64(size)
	}
}

// passing is the chunk that carries the file over a byte of it.
func passing(at int) match {
	return func(r *http.Request) bool {
		from := max(0, number(r.Header.Get("Upload-Offset")))
		return bytesOfFile(r) && from <= int64(at) && from+r.ContentLength > int64(at)
	}
}

// nth is the n-th request that another match picks, counted from 1.
func nth(n int, of match) match {
	count := 0
	return func(r *http.Request) bool {
		if of(r) {
			count++
		}
		return of(r) && count == n
	}
}

func largerThan(limit int64) match {
	return func(r *http.Request) bool { return bytesOfFile(r) && r.ContentLength > limit }
}

// What happens to them.

// cutAfter cuts the connection when the server has so many bytes of the body.
func cutAfter(bytes int64) func(*crossing) {
	return func(c *crossing) {
		c.r.Body = &untilByte{ReadCloser: c.r.Body, left: bytes, then: func() error { c.fire(); return errCut }}
		c.onward()
	}
}

// cutAtOf cuts at a byte that depends on the body's length.
func cutAtOf(at func(length int64) int64) func(*crossing) {
	return func(c *crossing) { cutAfter(at(c.r.ContentLength))(c) }
}

// resetAfter is cutAfter with a reset (RST) in place of an orderly end.
func resetAfter(at func(length int64) int64) func(*crossing) {
	return func(c *crossing) {
		defer func() {
			if aborted := recover(); aborted != nil && aborted != http.ErrAbortHandler { //nolint:errorlint // a panic's value
				panic(aborted)
			}
			c.reset()
		}()
		cutAfter(at(c.r.ContentLength))(c)
	}
}

// loseAnswer lets the server do its work and resets the connection in place of the answer.
func loseAnswer(c *crossing) {
	heard := &unheard{header: http.Header{}}
	outer := c.w
	c.w = heard
	c.onward()
	c.w = outer
	if heard.status >= 200 && heard.status < 300 {
		c.fire()
	}
	c.reset()
}

// answers answers in the server's place, as a proxy does that sits in front of it.
func answers(status int, header http.Header, body string) func(*crossing) {
	return func(c *crossing) {
		_, _ = io.Copy(io.Discard, c.r.Body)
		for name, values := range header {
			c.w.Header()[name] = values
		}
		c.fire()
		c.w.WriteHeader(status)
		_, _ = io.WriteString(c.w, body)
	}
}

// html is a proxy's own page, which is no problem document.
func html(status int) func(*crossing) {
	return answers(status, http.Header{"Content-Type": {"text/html"}},
		"<html><head><title>"+http.StatusText(status)+"</title></head><body><h1>nginx</h1></body></html>")
}

// swallow takes the body and gives none of it on, and never answers.
func swallow(c *crossing) {
	_, _ = io.Copy(io.Discard, c.r.Body)
	c.fire()
	select {
	case <-c.r.Context().Done():
	case <-c.proxy.closing:
	}
}

// stopReading leaves the body where it is, so that the sender comes to a stop.
func stopReading(c *crossing) {
	if conn := c.hijack(); conn != nil {
		c.proxy.mu.Lock()
		c.proxy.parked = append(c.proxy.parked, conn)
		c.proxy.mu.Unlock()
		c.fire()
	}
}

// silence lets so many bytes through and then nothing, in both directions: the
// server goes on waiting for the rest, as it does when a phone leaves its network.
func silence(bytes int64) func(*crossing) {
	return func(c *crossing) {
		c.r.Body = &untilByte{ReadCloser: c.r.Body, left: bytes, then: func() error {
			c.fire()
			<-c.proxy.closing
			return errCut
		}}
		c.onward()
	}
}

// flip changes one bit of the body.
func flip(at int64) func(*crossing) {
	return func(c *crossing) {
		c.r.Body = &flipped{ReadCloser: c.r.Body, at: at, fire: c.fire}
		c.onward()
	}
}

// strip takes headers out of the answer.
func strip(names ...string) func(*crossing) {
	return func(c *crossing) {
		c.w = &stripped{ResponseWriter: c.w, names: names, fire: c.fire}
		c.onward()
	}
}

func (c *crossing) hijack() net.Conn {
	conn, _, err := http.NewResponseController(c.w).Hijack()
	if err != nil {
		c.proxy.Errorf("the fault %q: %v", c.fault.name, err)
		return nil
	}
	return conn
}

// reset closes the connection with an RST.
func (c *crossing) reset() {
	conn := c.hijack()
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
		_ = tcp.Close()
	}
}

// untilByte gives so many bytes of a body, and then what then returns.
type untilByte struct {
	io.ReadCloser
	left int64
	then func() error
	over error
}

func (u *untilByte) Read(b []byte) (int, error) {
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

type flipped struct {
	io.ReadCloser
	at   int64
	fire func()
}

func (f *flipped) Read(b []byte) (int, error) {
	n, err := f.ReadCloser.Read(b)
	if f.at >= 0 && f.at < int64(n) {
		b[f.at] ^= 1
		f.fire()
	}
	f.at -= int64(n)
	return n, err
}

type stripped struct {
	http.ResponseWriter
	names []string
	fire  func()
}

func (s *stripped) WriteHeader(status int) {
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

func (s *stripped) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// unheard is an answer that goes nowhere.
type unheard struct {
	header http.Header
	status int
}

func (u *unheard) Header() http.Header         { return u.header }
func (u *unheard) WriteHeader(status int)      { u.status = status }
func (u *unheard) Write(b []byte) (int, error) { return len(b), nil }
