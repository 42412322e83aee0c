// Package lease provides locks across processes that expire. Each lease is a row in the
// database, renewed by a heartbeat while its holder lives. The upload locker and the
// relay are built on it, so any replica may serve any request.
//
// A holder that pauses for longer than the time to live loses its lease without noticing
// at once. Check guards against that: call it in the transaction that records the result
// of the work.
//
// It leaves to others what a name stands for, and what a holder does when another asks
// it to release the lease.
package lease

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
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

// Lease is the exclusive right to a name.
type Lease struct {
	keeper *Keeper
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

// Check returns ErrLost unless the lease is still held. It locks the row until the
// transaction ends, so that nobody takes the lease over before the commit.
func (l *Lease) Check(ctx context.Context, tx *sql.Tx) error {
	result, err := tx.ExecContext(ctx, "UPDATE leases SET expires_at = expires_at WHERE name = $1 AND owner = $2 AND epoch = $3",
		l.name, l.keeper.owner, l.epoch)
	if err != nil {
		return fmt.Errorf("check lease %s: %w", l.name, err)
	}
	if n, err := result.RowsAffected(); err != nil || n != 1 {
		l.lose()
		return errors.Join(ErrLost, err)
	}
	return nil
}

// Release releases the lease. Releasing a lost lease is not an error.
func (l *Lease) Release(ctx context.Context) error {
	err := l.keeper.remove(ctx, l.name, l.epoch)
	l.keeper.drop(l)
	if err != nil {
		return fmt.Errorf("release lease %s: %w", l.name, err)
	}
	return nil
}

func (l *Lease) requestRelease() { l.requestedOnce.Do(func() { close(l.requested) }) }
func (l *Lease) lose()           { l.lostOnce.Do(func() { close(l.lost) }) }
