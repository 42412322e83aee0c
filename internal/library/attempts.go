package library

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"mediarelay/internal/media"
)

// BeginAttempt counts an attempt before its first byte is sent and schedules the next
// one. So even if the outcome of this one cannot be recorded, no other begins before then.
func (l *Library) BeginAttempt(ctx context.Context, held LeaseCheck, uploadID string, next time.Time) error {
	return l.underLease(ctx, held, uploadID, func(tx *sql.Tx) error {
		return one(ctx, tx, ErrState, "UPDATE relays SET attempts = attempts + 1, next_at = $1 WHERE upload_id = $2 AND is_open = 1",
			millis(next), uploadID)
	})
}

// BeginSending marks that a request is about to make a media object. If the worker
// dies before the outcome is recorded, the next one finds the mark. It is used for
// counting only, so it survives the process but not a power cut.
func (l *Library) BeginSending(ctx context.Context, held LeaseCheck, uploadID string) error {
	return l.db.Relaxed(ctx, func(tx *sql.Tx) error {
		if err := held.Check(ctx, tx); err != nil {
			return err
		}
		return one(ctx, tx, ErrState, "UPDATE relays SET sending = 1 WHERE upload_id = $1 AND is_open = 1", uploadID)
	})
}

// HandOverRelay makes a relay due at once for another worker, since this process stops
// before the attempt has ended. The attempt does not count.
func (l *Library) HandOverRelay(ctx context.Context, held LeaseCheck, uploadID string) error {
	err := l.underLease(ctx, held, uploadID, func(tx *sql.Tx) error {
		return one(ctx, tx, ErrState, `UPDATE relays SET next_at = $1, sending = 0,
			attempts = CASE WHEN attempts > 0 THEN attempts - 1 ELSE 0 END WHERE upload_id = $2 AND is_open = 1`, millis(l.now()), uploadID)
	})
	if err == nil {
		l.notifier.relaysChanged()
	}
	return err
}

// SaveSession records the upload session at the provider and how often it broke; an
// empty one removes it.
func (l *Library) SaveSession(ctx context.Context, held LeaseCheck, uploadID string, s media.SessionID, failures int) error {
	return l.underLease(ctx, held, uploadID, func(tx *sql.Tx) error {
		return one(ctx, tx, ErrState, "UPDATE relays SET session_id = $1, session_failures = $2 WHERE upload_id = $3 AND is_open = 1",
			string(s), failures, uploadID)
	})
}

// Retry says when a relay is retried, and why it has to be.
type Retry struct {
	At      time.Time
	Problem Problem
	// Uncounted says that the attempt that failed does not count.
	Uncounted bool
}

// ScheduleRetry sets the time of a relay's next attempt and shows the upload's
// subscribers why it waits.
func (l *Library) ScheduleRetry(ctx context.Context, held LeaseCheck, uploadID string, r Retry) error {
	problem, err := toJSON(&r.Problem)
	if err != nil {
		return err
	}
	uncounted := 0
	if r.Uncounted {
		uncounted = 1
	}
	return l.underLease(ctx, held, uploadID, func(tx *sql.Tx) error {
		err := one(ctx, tx, ErrState, "UPDATE relays SET next_at = $1, attempts = attempts - $2, sending = 0 WHERE upload_id = $3 AND is_open = 1",
			millis(r.At), uncounted, uploadID)
		if err != nil {
			return err
		}
		return one(ctx, tx, ErrNotFound, "UPDATE uploads SET problem = $1, version = version + 1, touched_at = $2 WHERE id = $3",
			problem, millis(l.now()), uploadID)
	})
}

// RetryUpload moves an upload of the caller whose relay has failed back to
// StateChecking and opens the relay again. It returns ErrFinal if another attempt would
// end the same way, and ErrState for any other upload. That includes one that failed
// before it had a relay, since its bytes are not kept.
func (l *Library) RetryUpload(ctx context.Context, caller Caller, id string) error {
	u, err := l.Upload(ctx, caller, id)
	if err != nil {
		return err
	}
	if u.State == StateFailed && u.Problem != nil && !u.Problem.Retryable {
		return ErrFinal
	}
	err = l.db.Durable(ctx, func(tx *sql.Tx) error {
		err := one(ctx, tx, ErrState, `UPDATE uploads SET state = $1, problem = '', version = version + 1, touched_at = $2
			WHERE id = $3 AND state = $4 AND EXISTS (SELECT 1 FROM relays WHERE upload_id = uploads.id)`, string(StateChecking), millis(l.now()), id, string(StateFailed))
		if err != nil {
			return err
		}
		return l.openRelay(ctx, tx, id)
	})
	if err != nil {
		return fmt.Errorf("retry upload %s: %w", id, err)
	}
	l.notifier.uploadChanged(id)
	l.notifier.relaysChanged()
	return nil
}
