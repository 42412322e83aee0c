package limit

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// ErrSpent: the window has no room for another error.
var ErrSpent = errors.New("limit: the errors of this window are used up")

// Budget is the number of errors that a window of time may contain.
type Budget struct {
	Errors int
	Window time.Duration
}

// Try is a request that may fail, with an error booked for it.
type Try struct {
	limits *Limits
	name   string
	mark   string
}

// Try books an error before the request that may cause it, so that concurrent requests
// and requests of a crashed process count too. It returns ErrSpent if the window has no
// room.
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

// take books a slot if it is free, or if it was booked with a wrong clock.
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

// Succeeded returns the booked error, because the request caused none.
func (t *Try) Succeeded(ctx context.Context) error {
	err := t.limits.db.Relaxed(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM limit_errors WHERE name = $1 AND mark = $2", t.name, t.mark)
		return err
	})
	if err != nil {
		return fmt.Errorf("return an error of %s: %w", t.name, err)
	}
	return nil
}
