package limit

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Rate is a token bucket: it holds Burst tokens and gets one Every so often.
type Rate struct {
	Every time.Duration
	Burst int
}

// believable bounds how far ahead tokens can have been given out: the workers of
// all replicas wait at most seconds. What is further ahead was written by a clock
// that was wrong, and would hold the name until that time came.
const believable = time.Minute

// Wait takes a token and returns when its time has come. Who goes away while
// waiting leaves the token unused.
func (l *Limits) Wait(ctx context.Context, name string, r Rate) error {
	wait, err := l.Reserve(ctx, name, r)
	if err != nil || wait <= 0 {
		return err
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// Reserve takes a token and says how long it is until the caller may go.
//
// The row holds when the bucket will be full again: the generic cell rate
// algorithm, which is a token bucket in one number.
func (l *Limits) Reserve(ctx context.Context, name string, r Rate) (wait time.Duration, err error) {
	now, every := l.now().UnixMilli(), r.Every.Milliseconds()
	var free int64
	err = l.db.Relaxed(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `
			INSERT INTO limit_rates (name, free_at) VALUES ($1, $2)
			ON CONFLICT (name) DO UPDATE SET free_at = $3 + CASE
				WHEN limit_rates.free_at BETWEEN $4 AND $5 THEN limit_rates.free_at ELSE $6 END
			RETURNING free_at`,
			name, now+every, every, now, now+believable.Milliseconds(), now).Scan(&free)
	})
	if err != nil {
		return 0, fmt.Errorf("take a token of %s: %w", name, err)
	}
	return max(0, time.Duration(free-now-int64(r.Burst)*every)*time.Millisecond), nil
}
