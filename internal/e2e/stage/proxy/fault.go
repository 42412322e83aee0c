package proxy

import (
	"net/http"
	"time"
)

// Fault is one scripted fault. A fault that never happens, or less often than Times, fails
// its test: the test would prove nothing.
type Fault struct {
	Name  string
	Match Match
	Times int // how often it happens; 0 for every matching request
	Act   func(*Exchange)

	matched, fired int
	FirstFired     time.Time // when it first happened
}

// Exchange is one request that a fault acts on.
type Exchange struct {
	response http.ResponseWriter
	Request  *http.Request
	proxy    *Proxy
	fault    *Fault
	fired    bool
}

// Add adds a fault to the script. A request meets the first fault that matches it and has
// not happened Times times.
func (p *Proxy) Add(f *Fault) *Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = append(p.faults, f)
	return f
}

func (p *Proxy) matchFault(r *http.Request) *Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, f := range p.faults {
		if (f.Times == 0 || f.matched < f.Times) && f.Match(r) {
			f.matched++
			return f
		}
	}
	return nil
}

// Remove disables a fault. It must have happened by then.
func (p *Proxy) Remove(f *Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f.Match = func(*http.Request) bool { return false }
}

// Fired returns how often a fault has happened.
func (p *Proxy) Fired(f *Fault) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return f.fired
}

// Fire records that the fault has happened.
func (c *Exchange) Fire() {
	c.proxy.mu.Lock()
	defer c.proxy.mu.Unlock()
	if c.fault.fired == 0 {
		c.fault.FirstFired = time.Now()
	}
	c.fault.fired++
	c.fired = true
}

// release gives the fault to another request if this one ended before the fault could
// happen, for example because the server answered without reading the body.
func (c *Exchange) release() {
	c.proxy.mu.Lock()
	defer c.proxy.mu.Unlock()
	if !c.fired {
		c.fault.matched--
	}
}

// Forward sends the request to the server in its current form.
func (c *Exchange) Forward() { c.proxy.Handler.ServeHTTP(c.response, c.Request) }
