package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// proxy stands between the browser and the server. It notes each request as the
// browser saw it, can be slow, and carries out the faults of its script:
// Chromium's own network emulation does not reach a worker, so a fault that is
// made there proves nothing.
type proxy struct {
	testing.TB
	url     string
	address string
	forward http.Handler
	// keepAlive lets the browser use a connection for several requests.
	keepAlive bool
	closing   chan struct{} // ends what a fault holds

	mu       sync.Mutex
	server   *http.Server
	requests []*passed
	faults   []*fault
	parked   []net.Conn
	rate     int // bytes a second of each body; 0 for no bound
}

// passed is one request to the tus or API routes, in the order in which they
// came, with what the browser heard of it.
type passed struct {
	method, path string
	url          string
	offset       int64 // Upload-Offset of the request; -1 without
	length       int64 // of the body that was announced
	received     int64 // bytes of the body that the browser gave away
	status       int   // 0 where no answer reached the browser
	reached      int64 // Upload-Offset of the answer; -1 without
	began        time.Time
	answered     time.Time
	alongside    bool // another PATCH of this upload had not ended
	ended        bool
}

func newProxy(t testing.TB, target string) *proxy {
	t.Helper()
	to, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{TB: t, address: "127.0.0.1:0", closing: make(chan struct{})}
	p.forward = &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to); r.Out.Host = r.In.Host },
		// Without a buffer of its own the server has each byte that was let through.
		Transport:     &http.Transport{WriteBufferSize: 1, DisableKeepAlives: true},
		FlushInterval: -1, // events pass as they come
		ErrorHandler:  func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	p.open()
	p.url = "http://" + p.address
	t.Cleanup(p.end)
	return p
}

// open listens, and on the same address each time.
func (p *proxy) open() {
	p.Helper()
	config := net.ListenConfig{Control: smallWindow}
	listener, err := config.Listen(context.Background(), "tcp", p.address)
	if err != nil {
		p.Fatal(err)
	}
	server := &http.Server{Handler: p}
	// A browser repeats a request by itself when it fails on a connection that was
	// used before, and the fault would be the browser's to see, not the uploader's.
	server.SetKeepAlivesEnabled(p.keepAlive)
	p.mu.Lock()
	p.address, p.server = listener.Addr().String(), server
	p.mu.Unlock()
	go func() { _ = server.Serve(listener) }()
}

// smallWindow keeps a slow line honest: this machine would take megabytes into
// its buffers at once, which no network between two cities does.
func smallWindow(_, _ string, socket syscall.RawConn) error {
	var failed error
	err := socket.Control(func(fd uintptr) {
		failed = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 64<<10)
	})
	return errors.Join(err, failed)
}

// shut cuts every connection and refuses new ones, until open.
func (p *proxy) shut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.server.Close()
}

func (p *proxy) end() {
	p.Helper()
	close(p.closing)
	p.shut()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, conn := range p.parked {
		conn.Close()
	}
	for _, f := range p.faults {
		if f.fired == 0 || f.fired < f.times {
			p.Errorf("the fault %q happened %d times, want %d: what it should have met never came", f.name, f.fired, max(f.times, 1))
		}
	}
}

// ServeHTTP lets a request pass, through the first fault that waits for it.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	note := p.note(r)
	defer p.done(note)
	r.Body = &line{ReadCloser: r.Body, proxy: p, note: note}
	w = &listener{ResponseWriter: w, proxy: p, note: note}
	if f := p.take(r); f != nil {
		c := &crossing{w: w, r: r, proxy: p, fault: f}
		defer c.giveBack()
		f.act(c)
		return
	}
	p.forward.ServeHTTP(w, r)
}

func (p *proxy) note(r *http.Request) *passed {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := &passed{
		method: r.Method, path: r.URL.Path, url: r.URL.String(), length: r.ContentLength, began: time.Now(),
		offset: number(r.Header.Get("Upload-Offset")), reached: -1,
	}
	for _, other := range p.requests {
		if n.method == http.MethodPatch && other.method == n.method && other.path == n.path && !other.ended {
			n.alongside = true
		}
	}
	if strings.HasPrefix(n.path, "/files") || strings.HasPrefix(n.path, "/v1") {
		p.requests = append(p.requests, n)
	}
	return n
}

func (p *proxy) done(n *passed) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n.ended = true
}

// seen lists the requests so far.
func (p *proxy) seen() []passed {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := make([]passed, len(p.requests))
	for i, n := range p.requests {
		list[i] = *n
	}
	return list
}

// story tells the requests in a line each, for a test that fails.
func (p *proxy) story() string {
	var b strings.Builder
	for _, r := range p.seen() {
		fmt.Fprintf(&b, "\n%s %s %s", r.began.Format("05.000"), r.method, r.path)
		if r.length > 0 {
			fmt.Fprintf(&b, " %d+%d (%d came)", max(0, r.offset), r.length, r.received)
		}
		fmt.Fprintf(&b, " -> %d", r.status)
		if r.reached >= 0 {
			fmt.Fprintf(&b, " at %d", r.reached)
		}
	}
	return b.String()
}

// slow bounds each body to bytes a second; 0 takes the bound away.
func (p *proxy) slow(rate int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rate = rate
}

// line is a body on its way.
type line struct {
	io.ReadCloser
	proxy *proxy
	note  *passed

	rate  int       // that was so since
	since time.Time // and let through
	sent  int       // so many bytes
}

func (l *line) Read(b []byte) (int, error) {
	rate := l.keepPace()
	if rate > 0 {
		b = b[:min(len(b), max(1, rate/50))]
	}
	n, err := l.ReadCloser.Read(b)
	l.sent += n
	l.proxy.mu.Lock()
	l.note.received += int64(n)
	l.proxy.mu.Unlock()
	return n, err
}

// keepPace waits until the line has carried what was let through, and gives its rate.
func (l *line) keepPace() int {
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
type listener struct {
	http.ResponseWriter
	proxy *proxy
	note  *passed
}

func (l *listener) WriteHeader(status int) {
	l.proxy.mu.Lock()
	l.note.status, l.note.answered = status, time.Now()
	l.note.reached = number(l.Header().Get("Upload-Offset"))
	l.proxy.mu.Unlock()
	l.ResponseWriter.WriteHeader(status)
}

func (l *listener) Unwrap() http.ResponseWriter { return l.ResponseWriter }

func number(header string) int64 {
	n, err := strconv.ParseInt(header, 10, 64)
	if err != nil {
		return -1
	}
	return n
}

var errCut = errors.New("the line was cut")
