package proxy

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Request is one request to the tus or API routes and the answer, as the browser saw them.
type Request struct {
	Method, Path   string
	URL            string
	Offset         int64 // Upload-Offset of the request; -1 if absent
	Length         int64 // announced length of the body
	Received       int64 // bytes of the body that left the browser
	Status         int   // 0 if no answer reached the browser
	ResponseOffset int64 // Upload-Offset of the answer; -1 if absent
	Began          time.Time
	Answered       time.Time
	Concurrent     bool // another PATCH of this upload was still running
	ended          bool
}

func (p *Proxy) record(r *http.Request) *Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := &Request{
		Method: r.Method, Path: r.URL.Path, URL: r.URL.String(), Length: r.ContentLength, Began: time.Now(),
		Offset: ParseOffset(r.Header.Get("Upload-Offset")), ResponseOffset: -1,
	}
	for _, other := range p.requests {
		if n.Method == http.MethodPatch && other.Method == n.Method && other.Path == n.Path && !other.ended {
			n.Concurrent = true
		}
	}
	if strings.HasPrefix(n.Path, "/files") || strings.HasPrefix(n.Path, "/v1") {
		p.requests = append(p.requests, n)
	}
	return n
}

func (p *Proxy) finish(n *Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n.ended = true
}

// Requests lists the requests so far, in the order of their arrival.
func (p *Proxy) Requests() []Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := make([]Request, len(p.requests))
	for i, n := range p.requests {
		list[i] = *n
	}
	return list
}

// Story describes each request in one line, for the message of a failed test.
func (p *Proxy) Story() string {
	var b strings.Builder
	for _, r := range p.Requests() {
		fmt.Fprintf(&b, "\n%s %s %s", r.Began.Format("05.000"), r.Method, r.Path)
		if r.Length > 0 {
			fmt.Fprintf(&b, " %d+%d (%d came)", max(0, r.Offset), r.Length, r.Received)
		}
		fmt.Fprintf(&b, " -> %d", r.Status)
		if r.ResponseOffset >= 0 {
			fmt.Fprintf(&b, " at %d", r.ResponseOffset)
		}
	}
	return b.String()
}
