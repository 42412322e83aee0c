package lease

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// Database runs transactions that survive a crash of the process. They need not survive
// a power cut: every holder is gone then, so losing the rows is correct.
type Database interface {
	Relaxed(ctx context.Context, fn func(*sql.Tx) error) error
	// Now is the clock that all keepers on the database share.
	Now() time.Time
}

// Keeper holds the leases of this process and renews them.
type Keeper struct {
	db    Database
	owner string
	now   func() time.Time
	// steady measures elapsed time in this process, independent of the database's clock.
	steady func() time.Time

	names
	renewed time.Time // guarded by the mutex of names
}

// NewKeeper returns a keeper with a unique owner name. Its leases expire unless Run is
// running.
func NewKeeper(db Database) *Keeper {
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails, by its documentation
	return &Keeper{
		db: db, owner: hex.EncodeToString(id[:]), now: db.Now, steady: time.Now,
		names: newNames(),
	}
}

// Run renews the leases until ctx is done. It does not release leases that are still
// held then, because their holders may be finishing. They expire after TimeToLive.
func (k *Keeper) Run(ctx context.Context) {
	beat := time.NewTicker(heartbeatInterval)
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
			k.heartbeat(ctx)
		}
	}
}

// ClearStale removes every lease. Call it at the start of a process that is the only one
// on its database: the previous holders are dead, and nobody has to wait for their leases
// to expire.
func (k *Keeper) ClearStale(ctx context.Context) error {
	err := k.db.Relaxed(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM leases")
		return err
	})
	if err != nil {
		return fmt.Errorf("clear stale leases: %w", err)
	}
	return nil
}

// Acquire acquires the lease of a name, or returns ErrHeld.
func (k *Keeper) Acquire(ctx context.Context, name string) (*Lease, error) {
	// Other goroutines of this process are excluded before the database is asked.
	l, err := k.reserve(k, name, func() { k.renewed = k.steady() })
	if err != nil {
		return nil, err
	}
	if err := k.insert(ctx, l); err != nil {
		k.drop(l)
		return nil, err
	}
	k.mu.Lock()
	l.live = true
	k.mu.Unlock()
	return l, nil
}

// RequestRelease asks the holder of a name to release its lease. A holder in this process
// is notified at once, one in another process at its next heartbeat.
func (k *Keeper) RequestRelease(ctx context.Context, name string) error {
	if l := k.holder(name); l != nil {
		l.requestRelease()
		return nil
	}
	err := k.db.Relaxed(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE leases SET wanted = 1 WHERE name = $1", name)
		return err
	})
	if err != nil {
		return fmt.Errorf("request release of lease %s: %w", name, err)
	}
	return nil
}

func (k *Keeper) insert(ctx context.Context, l *Lease) error {
	now := k.now()
	err := k.db.Relaxed(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `
			INSERT INTO leases (name, owner, epoch, expires_at, wanted) VALUES ($1, $2, $3, $4, 0)
			ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, epoch = excluded.epoch,
				expires_at = excluded.expires_at, wanted = 0
			WHERE leases.expires_at <= $5 OR leases.expires_at > $6 OR leases.owner = excluded.owner`,
			l.name, k.owner, l.epoch, now.Add(TimeToLive).UnixMilli(), now.UnixMilli(), now.Add(Believable).UnixMilli())
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n != 1 {
			return errors.Join(ErrHeld, err)
		}
		return nil
	})
	if err != nil && !errors.Is(err, ErrHeld) {
		return fmt.Errorf("acquire lease %s: %w", l.name, err)
	}
	return err
}

// check locks the row until the transaction ends, so that nobody takes the lease over
// before the commit.
func (k *Keeper) check(ctx context.Context, tx *sql.Tx, l *Lease) error {
	result, err := tx.ExecContext(ctx, "UPDATE leases SET expires_at = expires_at WHERE name = $1 AND owner = $2 AND epoch = $3",
		l.name, k.owner, l.epoch)
	if err != nil {
		return fmt.Errorf("check lease %s: %w", l.name, err)
	}
	if n, err := result.RowsAffected(); err != nil || n != 1 {
		return errors.Join(ErrLost, err)
	}
	return nil
}

func (k *Keeper) release(ctx context.Context, l *Lease) error {
	err := k.remove(ctx, l.name, l.epoch)
	k.drop(l)
	if err != nil {
		return fmt.Errorf("release lease %s: %w", l.name, err)
	}
	return nil
}

// heartbeat renews every lease of this process with one statement, which also returns the
// release requests and shows which leases are lost. If the database has not answered for
// safeLife, all leases are lost, because another process may soon acquire them.
func (k *Keeper) heartbeat(ctx context.Context) {
	held := k.snapshot()
	if len(held) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	began := k.steady()
	rows, err := k.renew(ctx, k.now())
	if err != nil {
		slog.WarnContext(ctx, "leases could not be renewed", "leases", len(held), "error", err)
		k.expire(held)
		return
	}
	k.mu.Lock()
	k.renewed = began
	k.mu.Unlock()
	for _, l := range held {
		k.notify(l, rows)
	}
	k.sweep(ctx, rows)
}

// sweep deletes rows of this process without a holder. A failed release or a commit whose
// answer was lost leaves such rows. The heartbeat would renew them with the others and
// block their names permanently.
func (k *Keeper) sweep(ctx context.Context, rows map[string]row) {
	for name, r := range rows {
		if l := k.holder(name); l != nil && l.epoch == r.epoch {
			continue
		}
		if err := k.remove(ctx, name, r.epoch); err != nil {
			slog.WarnContext(ctx, "a lease without a holder could not be removed", "lease", name, "error", err)
		}
	}
}

func (k *Keeper) remove(ctx context.Context, name string, epoch int64) error {
	return k.db.Relaxed(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM leases WHERE name = $1 AND owner = $2 AND epoch = $3", name, k.owner, epoch)
		return err
	})
}

// notify tells a lease's holder about a loss or a release request. A lease that was
// released after the snapshot has no row, and nobody is listening.
func (k *Keeper) notify(l *Lease, rows map[string]row) {
	r, ok := rows[l.name]
	switch {
	case !ok || r.epoch != l.epoch:
		l.lose()
	case r.wanted:
		l.requestRelease()
	}
}

type row struct {
	epoch  int64
	wanted bool
}

func (k *Keeper) renew(ctx context.Context, now time.Time) (rows map[string]row, err error) {
	rows = map[string]row{}
	err = k.db.Relaxed(ctx, func(tx *sql.Tx) error {
		found, err := tx.QueryContext(ctx, "UPDATE leases SET expires_at = $1 WHERE owner = $2 RETURNING name, epoch, wanted",
			now.Add(TimeToLive).UnixMilli(), k.owner)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, found.Close()) }()
		for found.Next() {
			var name string
			var epoch, wanted int64
			if err := found.Scan(&name, &epoch, &wanted); err != nil {
				return err
			}
			rows[name] = row{epoch: epoch, wanted: wanted != 0}
		}
		return found.Err()
	})
	return rows, err
}

// snapshot returns the leases that have a row. One that is only reserved would look
// lost.
func (k *Keeper) snapshot() []*Lease {
	k.mu.Lock()
	defer k.mu.Unlock()
	held := make([]*Lease, 0, len(k.held))
	for _, l := range k.held {
		if l.live {
			held = append(held, l)
		}
	}
	return held
}

func (k *Keeper) expire(held []*Lease) {
	k.mu.Lock()
	late := k.steady().Sub(k.renewed) >= safeLife
	k.mu.Unlock()
	if !late {
		return
	}
	for _, l := range held {
		l.lose()
	}
}
