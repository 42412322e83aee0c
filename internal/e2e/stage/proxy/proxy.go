// Package proxy is a reverse proxy between a browser and a server. It records each
// request as the browser saw it, can be slow, and carries out scripted faults.
//
// The faults are made here because Chromium's own network emulation does not reach a
// worker: a fault that is made there tests nothing.
package proxy

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"syscall"
	"testing"
)

// Proxy stands between a browser and a server.
type Proxy struct {
	testing.TB
	URL     string
	address string
	Handler http.Handler
	// KeepAlive lets the browser use a connection for several requests.
	KeepAlive bool
	closing   chan struct{} // closed at the end, so that faults release their requests

	mu       sync.Mutex
	server   *http.Server
	requests []*Request
	faults   []*Fault
	parked   []net.Conn
	rate     int // of each body, in bytes a second; 0 for no limit
}

// New starts a proxy in front of a URL. At the end of the test each of its faults must
// have happened.
func New(t testing.TB, target string) *Proxy {
	t.Helper()
	to, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{TB: t, address: "127.0.0.1:0", closing: make(chan struct{})}
	p.Handler = &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to); r.Out.Host = r.In.Host },
		// Unbuffered: each forwarded byte reaches the server at once.
		Transport:     &http.Transport{WriteBufferSize: 1, DisableKeepAlives: true},
		FlushInterval: -1, // forwards server-sent events at once
		ErrorHandler:  func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	p.Start()
	p.URL = "http://" + p.address
	t.Cleanup(p.close)
	return p
}

// Start listens, on the same address each time.
func (p *Proxy) Start() {
	p.Helper()
	config := net.ListenConfig{Control: smallWindow}
	listener, err := config.Listen(context.Background(), "tcp", p.address)
	if err != nil {
		p.Fatal(err)
	}
	server := &http.Server{Handler: p}
	// A browser repeats a request that fails on a reused connection by itself, so the
	// fault would not reach the uploader.
	server.SetKeepAlivesEnabled(p.KeepAlive)
	p.mu.Lock()
	p.address, p.server = listener.Addr().String(), server
	p.mu.Unlock()
	go func() { _ = server.Serve(listener) }()
}

// smallWindow makes a slow line realistic: by default this machine would buffer megabytes
// at once, which no network does.
func smallWindow(_, _ string, socket syscall.RawConn) error {
	var failed error
	err := socket.Control(func(fd uintptr) {
		failed = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 64<<10)
	})
	return errors.Join(err, failed)
}

// Stop closes every connection and refuses new ones until Start.
func (p *Proxy) Stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.server.Close()
}

func (p *Proxy) close() {
	p.Helper()
	close(p.closing)
	p.Stop()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, conn := range p.parked {
		conn.Close()
	}
	for _, f := range p.faults {
		if f.fired == 0 || f.fired < f.Times {
			p.Errorf("the fault %q happened %d times, want %d: too few requests matched it", f.Name, f.fired, max(f.Times, 1))
		}
	}
}

// ServeHTTP forwards a request, through the first fault that matches it.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	note := p.record(r)
	defer p.finish(note)
	r.Body = &requestBody{ReadCloser: r.Body, proxy: p, note: note}
	w = &responseRecorder{ResponseWriter: w, proxy: p, note: note}
	if f := p.matchFault(r); f != nil {
		c := &Exchange{response: w, Request: r, proxy: p, fault: f}
		defer c.release()
		f.Act(c)
		return
	}
	p.Handler.ServeHTTP(w, r)
}

// SetRate limits each request body to a number of bytes a second; 0 removes the limit.
func (p *Proxy) SetRate(rate int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rate = rate
}
