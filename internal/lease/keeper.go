package lease

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// Database is what a keeper needs: cheap transactions that survive the process.
// After a power cut every holder is gone, so a lost lease row is right.
type Database interface {
	Relaxed(ctx context.Context, fn func(*sql.Tx) error) error
	// Now is the clock of all keepers on the database.
	Now() time.Time
}

// Keeper holds the leases of this process and renews them.
type Keeper struct {
	db    Database
	owner string
	now   func() time.Time
	// steady measures what passes in this process, whatever the database's clock does.
	steady func() time.Time

	mu       sync.Mutex
	held     map[string]*Lease
	epochs   int64
	released chan struct{}
	renewed  time.Time
}

// NewKeeper makes a keeper with a name of its own. Run must be running for its
// leases to live.
func NewKeeper(db Database) *Keeper {
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails, by its documentation
	return &Keeper{
		db: db, owner: hex.EncodeToString(id[:]), now: db.Now, steady: time.Now,
		held: map[string]*Lease{}, released: make(chan struct{}),
	}
}

// Run renews the leases until ctx is done. A lease that is still held then is
// left to its holder, who may be finishing; it dies TimeToLive later.
func (k *Keeper) Run(ctx context.Context) {
	beat := time.NewTicker(Beat)
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

// Inherit removes every lease at the start of a process that is the only one on
// its database: whoever held them is dead, and nobody need wait for that to show.
func (k *Keeper) Inherit(ctx context.Context) error {
	err := k.db.Relaxed(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM leases")
		return err
	})
	if err != nil {
		return fmt.Errorf("remove a dead process's leases: %w", err)
	}
	return nil
}

// Acquire takes the lease of a name, or returns ErrHeld.
func (k *Keeper) Acquire(ctx context.Context, name string) (*Lease, error) {
	l, err := k.reserve(name)
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

// Want asks the holder of a name to let go: at once when it is in this process,
// at its next heartbeat when it is in another.
func (k *Keeper) Want(ctx context.Context, name string) error {
	k.mu.Lock()
	l := k.held[name]
	k.mu.Unlock()
	if l != nil {
		l.want()
		return nil
	}
	err := k.db.Relaxed(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE leases SET wanted = 1 WHERE name = $1", name)
		return err
	})
	if err != nil {
		return fmt.Errorf("ask for lease %s: %w", name, err)
	}
	return nil
}

// Released returns a channel that is closed at the next release in this process.
func (k *Keeper) Released() <-chan struct{} {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.released
}

// reserve keeps a second goroutine of this process out before the database is asked.
func (k *Keeper) reserve(name string) (*Lease, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.held[name] != nil {
		return nil, ErrHeld
	}
	if len(k.held) == 0 {
		k.renewed = k.steady()
	}
	k.epochs++
	l := &Lease{keeper: k, name: name, epoch: k.epochs, wanted: make(chan struct{}), lost: make(chan struct{})}
	k.held[name] = l
	return l, nil
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

func (k *Keeper) drop(l *Lease) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.held[l.name] == l {
		delete(k.held, l.name)
	}
	close(k.released)
	k.released = make(chan struct{})
}

// heartbeat renews every lease of this process with one statement, and hears
// which are wanted or lost. Where the database did not answer for safeLife, every
// lease is lost: another process may soon take it.
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
		k.tell(l, rows)
	}
	k.sweep(ctx, rows)
}

// sweep deletes rows of this process that nobody here holds: a release that
// failed, or a commit whose answer was lost. Renewed with the others, they would
// keep their names from everyone for ever.
func (k *Keeper) sweep(ctx context.Context, rows map[string]row) {
	for name, r := range rows {
		k.mu.Lock()
		l := k.held[name]
		k.mu.Unlock()
		if l != nil && l.epoch == r.epoch {
			continue
		}
		if err := k.remove(ctx, name, r.epoch); err != nil {
			slog.WarnContext(ctx, "a lease that nobody holds could not be removed", "lease", name, "error", err)
		}
	}
}

func (k *Keeper) remove(ctx context.Context, name string, epoch int64) error {
	return k.db.Relaxed(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM leases WHERE name = $1 AND owner = $2 AND epoch = $3", name, k.owner, epoch)
		return err
	})
}

// tell passes on what the database says of a lease. One that was released since
// the snapshot has no row and no reader.
func (k *Keeper) tell(l *Lease, rows map[string]row) {
	r, ok := rows[l.name]
	switch {
	case !ok || r.epoch != l.epoch:
		l.lose()
	case r.wanted:
		l.want()
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

// snapshot lists the leases whose row is there: one that is only reserved would
// seem lost.
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
