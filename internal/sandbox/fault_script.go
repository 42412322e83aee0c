package sandbox

import (
	"net/http"
	"sync"
)

// Faults is a script of faults. Each operation has a queue: every request takes the first
// fault from the queue of its operation, and is served normally if the queue is empty.
//
// A fault that never fired proves nothing, so a test should end with a check of Unfired.
type Faults struct {
	closed <-chan struct{}

	mu     sync.Mutex
	queues map[Op][]*Scripted
	all    []*Scripted
}

// Scripted is a fault in the script.
type Scripted struct {
	op    Op
	fault Fault
	fired chan struct{}
	once  sync.Once
}

func newFaults(closed <-chan struct{}) *Faults {
	return &Faults{closed: closed, queues: map[Op][]*Scripted{}}
}

// Add appends a fault to the queue of an operation.
func (f *Faults) Add(op Op, fault Fault) *Scripted {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := &Scripted{op: op, fault: fault, fired: make(chan struct{})}
	f.queues[op] = append(f.queues[op], s)
	f.all = append(f.all, s)
	return s
}

// Unfired describes the faults that have not fired: no request took them, or the request
// ended before they could.
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

// faultState is a scripted fault in the list of GET /sandbox/faults.
type faultState struct {
	Operation Op     `json:"operation"`
	Fault     string `json:"fault"`
	Fired     bool   `json:"fired"`
}

// list describes all faults, in the order in which they were added.
func (f *Faults) list() []faultState {
	f.mu.Lock()
	defer f.mu.Unlock()
	states := []faultState{}
	for _, s := range f.all {
		states = append(states, faultState{s.op, s.fault.name, s.hasFired()})
	}
	return states
}

// clear removes all faults. A request that a fault holds stays held.
func (f *Faults) clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.queues, f.all = map[Op][]*Scripted{}, nil
}

// Fired is closed when the fault happens; for a fault that holds a request, when it
// starts to.
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
	s.fault.act(&exchange{w: w, r: r, next: next, fire: s.fire, closed: f.closed})
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
