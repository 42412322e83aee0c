package limit

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Rate is a token bucket: it holds up to Burst tokens and gains one after each Every.
type Rate struct {
	Every time.Duration
	Burst int
}

// believable is the latest plausible reservation, from now: the workers of all replicas
// together wait for a few seconds at most. A later one was written with a wrong clock, and
// would block the name until that time.
const believable = time.Minute

// Wait takes a token and blocks until it is valid. If ctx ends first, Wait returns its
// cause and the token is lost.
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

// Reserve takes a token and returns the time until it is valid.
//
// The row stores when the bucket will be full again, as in the generic cell rate algorithm
// (GCRA), which keeps a token bucket in one number.
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
