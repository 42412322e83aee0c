package proxy

import (
	"net/http"
	"time"
)

// fault is one thing that goes wrong on the way. It counts how often it
// happened: one that never did proves nothing, and fails its test.
type Fault struct {
	Name  string
	Match Match
	Times int // how often it happens; whenever it is met where 0
	Act   func(*Exchange)

	matched, fired int
	FirstFired     time.Time // when it happened for the first time
}

// crossing is one request on its way through a fault.
type Exchange struct {
	response http.ResponseWriter
	Request  *http.Request
	proxy    *Proxy
	fault    *Fault
	fired    bool
}

// wrong puts a fault into the script. A request meets the first one that is for
// it and has not happened often enough.
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

// right takes a fault out of the script; it must have happened by then.
func (p *Proxy) Remove(f *Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f.Match = func(*http.Request) bool { return false }
}

func (p *Proxy) Fired(f *Fault) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return f.fired
}

func (c *Exchange) Fire() {
	c.proxy.mu.Lock()
	defer c.proxy.mu.Unlock()
	if c.fault.fired == 0 {
		c.fault.FirstFired = time.Now()
	}
	c.fault.fired++
	c.fired = true
}

// giveBack leaves the fault for another request where this one was over before
// it could happen: the server had answered without the body, say.
func (c *Exchange) release() {
	c.proxy.mu.Lock()
	defer c.proxy.mu.Unlock()
	if !c.fired {
		c.fault.matched--
	}
}

// onward lets the request go on as it is now.
func (c *Exchange) Forward() { c.proxy.Handler.ServeHTTP(c.response, c.Request) }
