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
	// Sending says that an attempt was about to make a media object, and nobody
	// has recorded what came of it.
	Sending bool
	// Probe says that the channel has stopped and that one relay at a time may try.
	Probe bool
	// Unserved says that the channel has stopped, or was shut out, and that no relay of
	// it was served since.
	Unserved bool
}

// LeaseName is what the worker of a relay must hold. It names the content, not
// the upload: of two uploads of the same bytes the second waits, and then finds
// the copy that the first one made.
func (r Relay) LeaseName() string { return "relay/" + r.Channel + "/" + r.SHA256 }

// ProbeLeaseName is what the worker of a relay must hold as well where the
// channel has stopped.
func (r Relay) ProbeLeaseName() string { return "probe/" + r.Channel }

const relayColumns = `upload_id, channel, sha256, attempts, session_id, session_failures, sending,
	(SELECT COUNT(*) FROM circuits WHERE circuits.channel = due.channel AND opened_at > 0),
	(SELECT COUNT(*) FROM circuits WHERE circuits.channel = due.channel AND (opened_at > 0 OR shut_out = 1))`

// resting is a condition on the channel of a relay: stopped, and not to be tried
// before its time.
const resting = "EXISTS (SELECT 1 FROM circuits WHERE circuits.channel = due.channel AND probe_at BETWEEN "

// believable bounds how far ahead a relay or a channel is put off: a quarter of an
// hour at most, as provider.MaxRetryAfter, and a minute by which clocks may differ.
// What is further ahead was written by a clock that was wrong, and its time has come.
const believable = 16 * time.Minute

// longestLease is believable for leases: lease.Believable.
const longestLease = time.Minute

// openRelay adds the relay row of an upload, or opens it again.
func (l *Library) openRelay(ctx context.Context, tx *sql.Tx, uploadID string) error {
	now := millis(l.now())
	return one(ctx, tx, ErrNotFound, `
		INSERT INTO relays (upload_id, channel, sha256, is_open, next_at, created_at)
		SELECT id, channel, sha256, 1, $1, $2 FROM uploads WHERE id = $3
		ON CONFLICT (upload_id) DO UPDATE SET is_open = 1, attempts = 0, next_at = excluded.next_at`, now, now, uploadID)
}

// DueRelays lists open relays whose time has come, whose channel does not rest
// and which no one works on: the first of every channel, then the second of every
// channel, and so on, so that one channel's burst does not make the others wait.
func (l *Library) DueRelays(ctx context.Context, limit int) ([]Relay, error) {
	now, ahead := l.nowAndAhead()
	return list(ctx, l.db.Read(), scanRelay, `
		SELECT `+relayColumns+` FROM (
			SELECT due.*, ROW_NUMBER() OVER (PARTITION BY due.channel ORDER BY due.next_at, due.created_at) AS place
			FROM relays AS due
			WHERE due.is_open = 1 AND due.next_at NOT BETWEEN $1 AND $2 AND NOT `+resting+`$3 AND $4) AND NOT EXISTS (
				SELECT 1 FROM leases WHERE name = 'relay/' || due.channel || '/' || due.sha256 AND expires_at BETWEEN $5 AND $6)
		) AS due ORDER BY place, next_at LIMIT $7`, now+1, ahead, now+1, ahead, now+1, now+longestLease.Milliseconds(), limit)
}

// OpenRelay returns the relay row of an upload if there is still work and its
// time has come: ask after taking the lease, since another worker may have
// ended it in between.
func (l *Library) OpenRelay(ctx context.Context, uploadID string) (Relay, error) {
	now, ahead := l.nowAndAhead()
	return scanRelay(l.db.Read().QueryRowContext(ctx, "SELECT "+relayColumns+" FROM relays AS due WHERE upload_id = $1 AND is_open = 1"+
		" AND next_at NOT BETWEEN $2 AND $3 AND NOT "+resting+"$4 AND $5)", uploadID, now+1, ahead, now+1, ahead))
}

// nowAndAhead is now, and how far ahead a time is believed.
func (l *Library) nowAndAhead() (now, ahead int64) {
	at := l.now()
	return millis(at), millis(at.Add(believable))
}

func scanRelay(row scanner) (r Relay, err error) {
	var session string
	var sending, stopped, unserved int64
	err = row.Scan(&r.UploadID, &r.Channel, &r.SHA256, &r.Attempts, &session, &r.SessionFailures, &sending, &stopped, &unserved)
	r.SessionID, r.Sending, r.Probe, r.Unserved = media.SessionID(session), sending != 0, stopped != 0, unserved != 0
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
		return one(ctx, tx, ErrState, "UPDATE relays SET is_open = 0, session_id = '', sending = 0 WHERE upload_id = $1 AND is_open = 1", id)
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

// BeginSending remembers that a request is about to make a media object. A worker
// that dies before its outcome is recorded leaves the mark to the next one. It
// survives the process and not the power, since it only counts.
func (l *Library) BeginSending(ctx context.Context, fence Fence, uploadID string) error {
	return l.db.Relaxed(ctx, func(tx *sql.Tx) error {
		if err := fence.Check(ctx, tx); err != nil {
			return err
		}
		return one(ctx, tx, ErrState, "UPDATE relays SET sending = 1 WHERE upload_id = $1 AND is_open = 1", uploadID)
	})
}

// YieldRelay hands an attempt that its process cannot end to whoever comes next,
// at once. It does not count as one.
func (l *Library) YieldRelay(ctx context.Context, fence Fence, uploadID string) error {
	err := l.fenced(ctx, fence, uploadID, func(tx *sql.Tx) error {
		return one(ctx, tx, ErrState, `UPDATE relays SET next_at = $1, sending = 0,
			attempts = CASE WHEN attempts > 0 THEN attempts - 1 ELSE 0 END WHERE upload_id = $2 AND is_open = 1`, millis(l.now()), uploadID)
	})
	if err == nil {
		l.news.tellWork()
	}
	return err
}

// SaveSession remembers the upload session at the provider and how often it
// broke; an empty session forgets it.
func (l *Library) SaveSession(ctx context.Context, fence Fence, uploadID string, s media.SessionID, failures int) error {
	return l.fenced(ctx, fence, uploadID, func(tx *sql.Tx) error {
		return one(ctx, tx, ErrState, "UPDATE relays SET session_id = $1, session_failures = $2 WHERE upload_id = $3 AND is_open = 1",
			string(s), failures, uploadID)
	})
}

// Postponement says when a relay goes on, and why not now.
type Postponement struct {
	Until   time.Time
	Problem Problem
	// Uncounted says that the attempt says nothing of the file, so that it does not
	// count as one.
	Uncounted bool
}

// PostponeRelay puts the next attempt off and shows the upload's subscribers why.
func (l *Library) PostponeRelay(ctx context.Context, fence Fence, uploadID string, p Postponement) error {
	problem, err := toJSON(&p.Problem)
	if err != nil {
		return err
	}
	back := 0
	if p.Uncounted {
		back = 1
	}
	return l.fenced(ctx, fence, uploadID, func(tx *sql.Tx) error {
		err := one(ctx, tx, ErrState, "UPDATE relays SET next_at = $1, attempts = attempts - $2, sending = 0 WHERE upload_id = $3 AND is_open = 1",
			millis(p.Until), back, uploadID)
		if err != nil {
			return err
		}
		return one(ctx, tx, ErrNotFound, "UPDATE uploads SET problem = $1, version = version + 1 WHERE id = $2", problem, uploadID)
	})
}

// RetryUpload takes an upload of a channel whose relay has failed back to
// StateChecking and opens the relay again. It returns ErrFinal where another attempt
// would end the same way, and ErrState for any other upload, so also for one that
// failed before it had a relay: its bytes are not kept.
func (l *Library) RetryUpload(ctx context.Context, channel, id string) error {
	u, err := l.Upload(ctx, channel, id)
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
	l.news.tell(id)
	l.news.tellWork()
	return nil
}
