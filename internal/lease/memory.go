package lease

import (
	"context"
	"database/sql"
	"sync"
)

// Memory holds the leases of a process that no other process shares its database with.
// Its leases do not expire: a process that sleeps or dies takes all holders with it.
type Memory struct {
	mu       sync.Mutex
	held     map[string]*Lease
	epochs   int64
	released chan struct{}
}

// NewMemory returns a keeper without leases.
func NewMemory() *Memory {
	return &Memory{held: map[string]*Lease{}, released: make(chan struct{})}
}

// Acquire acquires the lease of a name, or returns ErrHeld.
func (k *Memory) Acquire(ctx context.Context, name string) (*Lease, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.held[name] != nil {
		return nil, ErrHeld
	}
	k.epochs++
	l := newLease(k, name, k.epochs)
	k.held[name] = l
	return l, nil
}

// RequestRelease asks the holder of a name to release its lease.
func (k *Memory) RequestRelease(_ context.Context, name string) error {
	k.mu.Lock()
	l := k.held[name]
	k.mu.Unlock()
	if l != nil {
		l.requestRelease()
	}
	return nil
}

// Released returns a channel that is closed at the next release.
func (k *Memory) Released() <-chan struct{} {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.released
}

// check needs no row: the holder's transactions have returned before it releases the
// lease, so nobody acquires it between the check and the commit.
func (k *Memory) check(_ context.Context, _ *sql.Tx, l *Lease) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.held[l.name] != l {
		return ErrLost
	}
	return nil
}

func (k *Memory) release(_ context.Context, l *Lease) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.held[l.name] == l {
		delete(k.held, l.name)
	}
	close(k.released)
	k.released = make(chan struct{})
	return nil
}
