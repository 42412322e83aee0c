package sandbox

import (
	"net/http"
	"sync"
)

// Faults is a script of what shall go wrong. Each operation has its own queue:
// every request takes the first fault of its operation's queue, and is served
// as usual where the queue is empty.
//
// A fault that was never reached proves nothing, so a test ends with Unfired.
type Faults struct {
	closed <-chan struct{}

	mu     sync.Mutex
	queues map[Op][]*Scripted
	all    []*Scripted
}

// Scripted is one fault in the script.
type Scripted struct {
	op    Op
	fault Fault
	fired chan struct{}
	once  sync.Once
}

func newFaults(closed <-chan struct{}) *Faults {
	return &Faults{closed: closed, queues: map[Op][]*Scripted{}}
}

// Add puts a fault at the end of an operation's queue.
func (f *Faults) Add(op Op, fault Fault) *Scripted {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := &Scripted{op: op, fault: fault, fired: make(chan struct{})}
	f.queues[op] = append(f.queues[op], s)
	f.all = append(f.all, s)
	return s
}

// Unfired names the faults that have not happened: those that no request
// reached, and those whose request was over before they could.
func (f *Faults) Unfired() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var names []string
	for _, s := range f.all {
		if !s.hasFired() {
			names = append(names, string(s.op)+": "+s.fault.name)
		}
	}
	return names
}

// Fired is closed when the fault has happened, or for one that holds a request,
// when it has begun to hold it.
func (s *Scripted) Fired() <-chan struct{} { return s.fired }

func (s *Scripted) hasFired() bool {
	select {
	case <-s.fired:
		return true
	default:
		return false
	}
}

func (s *Scripted) fire() { s.once.Do(func() { close(s.fired) }) }

func (f *Faults) serve(op Op, w http.ResponseWriter, r *http.Request, next http.Handler) {
	s := f.take(op)
	if s == nil {
		next.ServeHTTP(w, r)
		return
	}
	s.fault.act(&scene{w: w, r: r, next: next, fire: s.fire, closed: f.closed})
}

func (f *Faults) take(op Op) *Scripted {
	f.mu.Lock()
	defer f.mu.Unlock()
	queue := f.queues[op]
	if len(queue) == 0 {
		return nil
	}
	f.queues[op] = queue[1:]
	return queue[0]
}
