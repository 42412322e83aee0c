package main

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// proxy stands between the browser and the server. It notes each request, and
// can slow bodies down and cut a connection in the middle of one: Chromium's own
// network emulation does not reach a worker.
type proxy struct {
	url string

	mu       sync.Mutex
	requests []passed
	rate     int   // bytes a second; 0 for no bound
	cutAt    int64 // cut when the body of a chunk reaches this byte of the file; 0 for never
	cut      chan struct{}
}

// passed is one request to the tus or API routes, with what its answer said.
type passed struct {
	method, path string
	offset       int64 // Upload-Offset of the request; -1 without
	status       int
	reached      int64 // Upload-Offset of the answer; -1 without
}

func newProxy(t testing.TB, target string) *proxy {
	t.Helper()
	to, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{cut: make(chan struct{})}
	forward := &httputil.ReverseProxy{
		Rewrite:        func(r *httputil.ProxyRequest) { r.SetURL(to); r.Out.Host = r.In.Host },
		ModifyResponse: p.note,
		FlushInterval:  -1, // events pass as they come
		ErrorHandler:   func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = &line{ReadCloser: r.Body, proxy: p, at: number(r.Header.Get("Upload-Offset"))}
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	p.url = server.URL
	return p
}

func (p *proxy) note(answer *http.Response) error {
	path := answer.Request.URL.Path
	if !strings.HasPrefix(path, "/files") && !strings.HasPrefix(path, "/v1") {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests = append(p.requests, passed{
		method: answer.Request.Method, path: path, status: answer.StatusCode,
		offset: number(answer.Request.Header.Get("Upload-Offset")), reached: number(answer.Header.Get("Upload-Offset")),
	})
	return nil
}

// seen lists the requests so far.
func (p *proxy) seen() []passed {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]passed(nil), p.requests...)
}

func (p *proxy) script(rate int, cutAt int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rate, p.cutAt = rate, cutAt
}

var errCut = errors.New("the line was cut")

// line is a body on its way.
type line struct {
	io.ReadCloser
	proxy *proxy
	at    int64 // the place in the file; -1 for a creation, whose bytes begin at 0
}

func (l *line) Read(b []byte) (int, error) {
	l.at = max(l.at, 0)
	rate, cutAt := l.proxy.plan()
	if rate > 0 {
		b = b[:min(len(b), max(1, rate/50))]
	}
	n, err := l.ReadCloser.Read(b)
	l.at += int64(n)
	if cutAt > 0 && l.at >= cutAt && l.proxy.cutOnce() {
		return 0, errCut
	}
	if rate > 0 {
		time.Sleep(time.Duration(n) * time.Second / time.Duration(rate)) // the line's own speed
	}
	return n, err
}

func (p *proxy) plan() (rate int, cutAt int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.rate, p.cutAt
}

func (p *proxy) cutOnce() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cutAt == 0 {
		return false
	}
	p.cutAt = 0
	close(p.cut)
	return true
}

func number(header string) int64 {
	n, err := strconv.ParseInt(header, 10, 64)
	if err != nil {
		return -1
	}
	return n
}
