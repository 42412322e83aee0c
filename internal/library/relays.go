package library

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"mediarelay/internal/media"
	"mediarelay/internal/preflight"
)

// Relay is the job of carrying one finished upload to its channel's provider.
type Relay struct {
	UploadID string
	Channel  string
	SHA256   string
	// Attempts counts the tries that began.
	Attempts int
	// SessionID is the open upload session at the provider; empty without one.
	SessionID media.SessionID
	// SessionFailures counts breaks of that session.
	SessionFailures int
}

// LeaseName is what the worker of a relay must hold. It names the content, not
// the upload: of two uploads of the same bytes the second waits, and then finds
// the copy that the first one made.
func (r Relay) LeaseName() string { return "relay/" + r.Channel + "/" + r.SHA256 }

const relayColumns = "upload_id, channel, sha256, attempts, session_id, session_failures"

// openRelay adds the relay row of an upload, or opens it again.
func (l *Library) openRelay(ctx context.Context, tx *sql.Tx, uploadID string) error {
	now := millis(l.now())
	return one(ctx, tx, ErrNotFound, `
		INSERT INTO relays (upload_id, channel, sha256, is_open, next_at, created_at)
		SELECT id, channel, sha256, 1, $1, $2 FROM uploads WHERE id = $3
		ON CONFLICT (upload_id) DO UPDATE SET is_open = 1, attempts = 0, next_at = excluded.next_at`, now, now, uploadID)
}

// DueRelays lists open relays whose time has come and which no one works on:
// the first of every channel, then the second of every channel, and so on, so
// that one channel's burst does not make the others wait.
func (l *Library) DueRelays(ctx context.Context, limit int) ([]Relay, error) {
	now := millis(l.now())
	return list(ctx, l.db.Read(), scanRelay, `
		SELECT `+relayColumns+` FROM (
			SELECT r.*, ROW_NUMBER() OVER (PARTITION BY r.channel ORDER BY r.next_at, r.created_at) AS place
			FROM relays r
			WHERE r.is_open = 1 AND r.next_at <= $1 AND NOT EXISTS (
				SELECT 1 FROM leases WHERE name = 'relay/' || r.channel || '/' || r.sha256 AND expires_at > $2)
		) AS waiting ORDER BY place, next_at LIMIT $3`, now, now, limit)
}

// OpenRelay returns the relay row of an upload if there is still work and its
// time has come: ask after taking the lease, since another worker may have
// ended it in between.
func (l *Library) OpenRelay(ctx context.Context, uploadID string) (Relay, error) {
	return scanRelay(l.db.Read().QueryRowContext(ctx,
		"SELECT "+relayColumns+" FROM relays WHERE upload_id = $1 AND is_open = 1 AND next_at <= $2", uploadID, millis(l.now())))
}

func scanRelay(row scanner) (r Relay, err error) {
	var session string
	err = row.Scan(&r.UploadID, &r.Channel, &r.SHA256, &r.Attempts, &session, &r.SessionFailures)
	r.SessionID = media.SessionID(session)
	return r, notFound(err)
}

// AcceptUpload records the server's verdict and that relaying begins.
func (l *Library) AcceptUpload(ctx context.Context, fence Fence, id string, v preflight.Verdict) error {
	return l.moveUpload(ctx, fence, id, move{to: StateRelaying, verdict: &v})
}

// RefuseUpload ends an upload with the server's verdict.
func (l *Library) RefuseUpload(ctx context.Context, fence Fence, id string, v preflight.Verdict) error {
	return l.moveUpload(ctx, fence, id, move{to: StateRefused, verdict: &v, closeRelay: true})
}

// FailUpload ends an upload with a problem.
func (l *Library) FailUpload(ctx context.Context, fence Fence, id string, p Problem) error {
	return l.moveUpload(ctx, fence, id, move{to: StateFailed, problem: &p, closeRelay: true})
}

// CompleteUpload ends an upload whose copies all are in the library. The asset's
// bytes are this upload's from now on, which are kept longest.
func (l *Library) CompleteUpload(ctx context.Context, fence Fence, id, assetID string) error {
	return l.moveUpload(ctx, fence, id, move{to: StateDone, assetID: assetID, closeRelay: true})
}

// move is one step of an upload's row by its relay's worker.
type move struct {
	to         State
	verdict    *preflight.Verdict
	problem    *Problem
	assetID    string
	closeRelay bool
}

func (l *Library) moveUpload(ctx context.Context, fence Fence, id string, m move) error {
	verdict, err := toJSON(m.verdict)
	if err != nil {
		return err
	}
	problem, err := toJSON(m.problem)
	if err != nil {
		return err
	}
	return l.fenced(ctx, fence, id, func(tx *sql.Tx) error {
		err := one(ctx, tx, ErrState, `
			UPDATE uploads SET state = $1, verdict = CASE WHEN $2 = '' THEN verdict ELSE $3 END, problem = $4,
				asset_id = $5, version = version + 1, touched_at = $6
			WHERE id = $7 AND state IN ($8, $9)`,
			string(m.to), verdict, verdict, problem, m.assetID, millis(l.now()), id, string(StateChecking), string(StateRelaying))
		if err != nil || !m.closeRelay {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE assets SET upload_id = $1 WHERE id = $2", id, m.assetID); err != nil {
			return err
		}
		return one(ctx, tx, ErrState, "UPDATE relays SET is_open = 0, session_id = '' WHERE upload_id = $1 AND is_open = 1", id)
	})
}

// BeginAttempt counts one more attempt before its first byte leaves, and puts
// the next one off: whatever happens to this one, even a failure to record it,
// no other begins before then.
func (l *Library) BeginAttempt(ctx context.Context, fence Fence, uploadID string, next time.Time) error {
	return l.fenced(ctx, fence, uploadID, func(tx *sql.Tx) error {
		return one(ctx, tx, ErrState, "UPDATE relays SET attempts = attempts + 1, next_at = $1 WHERE upload_id = $2 AND is_open = 1",
			millis(next), uploadID)
	})
}

// HoldChannel puts off every open relay of a channel that would be due earlier:
// what one file learnt of the account holds for all.
func (l *Library) HoldChannel(ctx context.Context, channel string, until time.Time) error {
	return l.db.Relaxed(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE relays SET next_at = $1 WHERE channel = $2 AND is_open = 1 AND next_at < $3",
			millis(until), channel, millis(until))
		return err
	})
}

// SaveSession remembers the upload session at the provider and how often it
// broke; an empty session forgets it.
func (l *Library) SaveSession(ctx context.Context, fence Fence, uploadID string, s media.SessionID, failures int) error {
	return l.fenced(ctx, fence, uploadID, func(tx *sql.Tx) error {
		return one(ctx, tx, ErrState, "UPDATE relays SET session_id = $1, session_failures = $2 WHERE upload_id = $3 AND is_open = 1",
			string(s), failures, uploadID)
	})
}

// PostponeRelay puts the next attempt off and shows the upload's subscribers why.
func (l *Library) PostponeRelay(ctx context.Context, fence Fence, uploadID string, until time.Time, p Problem) error {
	problem, err := toJSON(&p)
	if err != nil {
		return err
	}
	return l.fenced(ctx, fence, uploadID, func(tx *sql.Tx) error {
		err := one(ctx, tx, ErrState, "UPDATE relays SET next_at = $1 WHERE upload_id = $2 AND is_open = 1", millis(until), uploadID)
		if err != nil {
			return err
		}
		return one(ctx, tx, ErrNotFound, "UPDATE uploads SET problem = $1, version = version + 1 WHERE id = $2", problem, uploadID)
	})
}

// RetryUpload takes an upload of a channel whose relay has failed back to
// StateChecking and opens the relay again. It returns ErrState for any other, so
// also for one that failed before it had a relay: its bytes are not kept.
func (l *Library) RetryUpload(ctx context.Context, channel, id string) error {
	if _, err := l.Upload(ctx, channel, id); err != nil {
		return err
	}
	err := l.db.Durable(ctx, func(tx *sql.Tx) error {
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
	l.news.tell(id)
	l.news.tellWork()
	return nil
}
