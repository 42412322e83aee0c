// Package lease says who may act on a thing, and for how long: one row in the
// database a thing, renewed by a heartbeat while its holder lives. The upload
// locker and the relay both stand on it, so any replica may take any request.
//
// It leaves to others what a name stands for, and what a holder does when it is
// asked to let go. A holder that pauses longer than the time to live loses its
// lease without noticing at once; Check, called in the transaction that records
// the result of the work, is the fence against that.
package lease

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"
)

// ErrHeld: somebody else may act on the thing now.
var ErrHeld = errors.New("lease: held by another")

// ErrLost: the lease ran out or was taken over.
var ErrLost = errors.New("lease: lost")

const (
	// TimeToLive is how long a lease outlives its holder's last heartbeat. It is
	// the longest wait after a death, and many times any pause of a living process.
	TimeToLive = 10 * time.Second
	// Beat is the time between heartbeats, and so the longest time until a holder
	// in another process hears that its lease is wanted.
	Beat = 250 * time.Millisecond
	// Believable bounds how far ahead a lease can end. One that ends later was
	// written by a clock that was wrong, and would keep its name until that time.
	Believable = time.Minute
	// answerTime bounds one heartbeat's wait for the database.
	answerTime = 2 * time.Second
	// safeLife is after how long without a heartbeat a holder stops: before
	// TimeToLive ends, whatever the last heartbeat waited for.
	safeLife = TimeToLive - 2*answerTime
)

// Lease is the right to act on one thing.
type Lease struct {
	keeper *Keeper
	name   string
	epoch  int64
	live   bool // guarded by the keeper

	wanted     chan struct{}
	wantedOnce sync.Once
	lost       chan struct{}
	lostOnce   sync.Once
}

// Wanted is closed when somebody asked the holder to let go.
func (l *Lease) Wanted() <-chan struct{} { return l.wanted }

// Lost is closed when the holder may act no more.
func (l *Lease) Lost() <-chan struct{} { return l.lost }

// Check returns ErrLost unless the lease is still held at this place in the
// transaction. The row stays locked until the transaction ends, so that no one
// takes the lease over before the commit.
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

// Release gives the lease back. A lease that was lost already is given back
// without an error.
func (l *Lease) Release(ctx context.Context) error {
	err := l.keeper.remove(ctx, l.name, l.epoch)
	l.keeper.drop(l)
	if err != nil {
		return fmt.Errorf("release lease %s: %w", l.name, err)
	}
	return nil
}

func (l *Lease) want() { l.wantedOnce.Do(func() { close(l.wanted) }) }
func (l *Lease) lose() { l.lostOnce.Do(func() { close(l.lost) }) }
