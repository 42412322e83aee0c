// Package lease provides locks for uploads and relays. A Keeper's leases work across
// processes and expire: each is a row in the database, renewed by a heartbeat while its
// holder lives, so any replica may serve any request. A Memory's leases are those of the
// only process on its database, and cost no transaction.
//
// A holder that pauses for longer than the time to live loses its lease without noticing
// at once. Check guards against that: call it in the transaction that records the result
// of the work. A holder releases its lease after its transactions have returned.
//
// It leaves to others what a name stands for, and what a holder does when another asks
// it to release the lease.
package lease

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"
)

// ErrHeld: another holder has the lease.
var ErrHeld = errors.New("lease: held by another")

// ErrLost: the lease has expired or was taken over.
var ErrLost = errors.New("lease: lost")

const (
	// TimeToLive is how long a lease outlives its holder's last heartbeat. It is the
	// longest wait after a crash, and much longer than any pause of a healthy process.
	TimeToLive = 10 * time.Second
	// heartbeatInterval is also the longest time until a holder in another process
	// receives a release request.
	heartbeatInterval = 250 * time.Millisecond
	// Believable is the latest plausible expiry of a lease, from now. A later one was
	// written with a wrong clock, and would block its name until that time.
	Believable = time.Minute
	// answerTime limits one heartbeat's wait for the database.
	answerTime = 2 * time.Second
	// safeLife is how long a holder continues without a heartbeat. It ends before
	// TimeToLive does, even if the last two heartbeats waited for answerTime.
	safeLife = TimeToLive - 2*answerTime
)

// keeper is what a lease needs of a Keeper or a Memory.
type keeper interface {
	check(ctx context.Context, tx *sql.Tx, l *Lease) error
	release(ctx context.Context, l *Lease) error
}

// Lease is the exclusive right to a name.
type Lease struct {
	keeper keeper
	name   string
	epoch  int64
	live   bool // guarded by the keeper

	requested     chan struct{}
	requestedOnce sync.Once
	lost          chan struct{}
	lostOnce      sync.Once
}

// ReleaseRequested returns a channel that is closed when another asks the holder to
// release the lease.
func (l *Lease) ReleaseRequested() <-chan struct{} { return l.requested }

// Lost returns a channel that is closed when the lease is lost.
func (l *Lease) Lost() <-chan struct{} { return l.lost }

func newLease(k keeper, name string, epoch int64) *Lease {
	return &Lease{keeper: k, name: name, epoch: epoch, requested: make(chan struct{}), lost: make(chan struct{})}
}

// Check returns ErrLost unless the lease is still held, and stays so until the transaction
// ends.
func (l *Lease) Check(ctx context.Context, tx *sql.Tx) error {
	err := l.keeper.check(ctx, tx, l)
	if errors.Is(err, ErrLost) {
		l.lose()
	}
	return err
}

// Release releases the lease. Releasing a lost lease is not an error.
func (l *Lease) Release(ctx context.Context) error { return l.keeper.release(ctx, l) }

func (l *Lease) requestRelease() { l.requestedOnce.Do(func() { close(l.requested) }) }
func (l *Lease) lose()           { l.lostOnce.Do(func() { close(l.lost) }) }
