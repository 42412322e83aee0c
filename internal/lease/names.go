package lease

import "sync"

// names are the leases of this process by name. A name has one holder.
type names struct {
	mu       sync.Mutex
	held     map[string]*Lease
	epochs   int64
	released chan struct{}
}

func newNames() names {
	return names{held: map[string]*Lease{}, released: make(chan struct{})}
}

// Released returns a channel that is closed at the next release in this process.
func (n *names) Released() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.released
}

// reserve makes the lease of a name for a keeper, or returns ErrHeld. It calls first,
// under the lock, if this process held none before.
func (n *names) reserve(k keeper, name string, first func()) (*Lease, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.held[name] != nil {
		return nil, ErrHeld
	}
	if len(n.held) == 0 {
		first()
	}
	n.epochs++
	l := newLease(k, name, n.epochs)
	n.held[name] = l
	return l, nil
}

// holder returns the lease of a name, or nil.
func (n *names) holder(name string) *Lease {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.held[name]
}

// drop frees the name of a lease, unless another lease has it, and wakes those that wait
// for a release.
func (n *names) drop(l *Lease) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.held[l.name] == l {
		delete(n.held, l.name)
	}
	close(n.released)
	n.released = make(chan struct{})
}
