package lease

import (
	"context"
	"database/sql"
)

// Memory holds the leases of a process that no other process shares its database with.
// Its leases do not expire: a process that sleeps or dies takes all holders with it.
type Memory struct{ names }

// NewMemory returns a keeper without leases.
func NewMemory() *Memory { return &Memory{newNames()} }

// Acquire acquires the lease of a name, or returns ErrHeld.
func (k *Memory) Acquire(ctx context.Context, name string) (*Lease, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return k.reserve(k, name, func() {})
}

// RequestRelease asks the holder of a name to release its lease.
func (k *Memory) RequestRelease(_ context.Context, name string) error {
	if l := k.holder(name); l != nil {
		l.requestRelease()
	}
	return nil
}

// check needs no row: the holder's transactions have returned before it releases the
// lease, so nobody acquires it between the check and the commit.
func (k *Memory) check(_ context.Context, _ *sql.Tx, l *Lease) error {
	if k.holder(l.name) != l {
		return ErrLost
	}
	return nil
}

func (k *Memory) release(_ context.Context, l *Lease) error {
	k.drop(l)
	return nil
}
