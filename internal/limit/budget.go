package limit

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// ErrSpent: the window holds as many errors as it may.
var ErrSpent = errors.New("limit: the errors of this window are used up")

// Budget is how many errors a stretch of time may hold.
type Budget struct {
	Errors int
	Window time.Duration
}

// Try is a request that may become an error.
type Try struct {
	limits *Limits
	name   string
	mark   string
}

// Try books an error before the request that may make it: of two at once, and of
// one whose process dies on it, each counts. It returns ErrSpent where there is
// no room.
func (l *Limits) Try(ctx context.Context, name string, b Budget) (*Try, error) {
	t := &Try{limits: l, name: name, mark: rand.Text()}
	taken := false
	err := l.db.Relaxed(ctx, func(tx *sql.Tx) (err error) {
		for slot := 0; slot < b.Errors && !taken && err == nil; slot++ {
			taken, err = t.take(ctx, tx, slot, b.Window)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("book an error of %s: %w", name, err)
	}
	if !taken {
		return nil, ErrSpent
	}
	return t, nil
}

// take books a slot that is free, or that a wrong clock took for too long.
func (t *Try) take(ctx context.Context, tx *sql.Tx, slot int, window time.Duration) (bool, error) {
	now := t.limits.now().UnixMilli()
	until := now + window.Milliseconds()
	result, err := tx.ExecContext(ctx, `
		INSERT INTO limit_errors (name, slot, mark, taken_until) VALUES ($1, $2, $3, $4)
		ON CONFLICT (name, slot) DO UPDATE SET mark = excluded.mark, taken_until = excluded.taken_until
		WHERE limit_errors.taken_until <= $5 OR limit_errors.taken_until > $6`,
		t.name, slot, t.mark, until, now, until)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// Succeeded gives the error back: none was made.
func (t *Try) Succeeded(ctx context.Context) error {
	err := t.limits.db.Relaxed(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM limit_errors WHERE name = $1 AND mark = $2", t.name, t.mark)
		return err
	})
	if err != nil {
		return fmt.Errorf("give an error of %s back: %w", t.name, err)
	}
	return nil
}
