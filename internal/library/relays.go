package library

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"mediarelay/internal/media"
	"mediarelay/internal/preflight"
)

// Relay is the job of sending one finished upload to its channel's provider.
type Relay struct {
	UploadID string
	Channel  string
	// Subject is the `sub` of the token that created the upload.
	Subject string
	SHA256  string
	// FinishedAt is when the last byte of the upload was safe.
	FinishedAt time.Time
	// Attempts counts the attempts that began.
	Attempts int
	// SessionID is the open upload session at the provider; empty without one.
	SessionID media.SessionID
	// SessionFailures counts breaks of that session.
	SessionFailures int
	// Sending says that an attempt was about to make a media object and that its
	// outcome was not recorded.
	Sending bool
	// Probe says that the channel's breaker is half-open: one relay at a time may try.
	Probe bool
	// ChannelDown says that the channel's breaker is open, or was open for a cause that
	// needs an operator, and that no request has succeeded since.
	ChannelDown bool
}

// LeaseName is the lease that the worker of a relay must hold. It names the content
// and not the upload: of two uploads of the same bytes the second waits, and then
// finds the copy that the first one made.
func (r Relay) LeaseName() string { return "relay/" + r.Channel + "/" + r.SHA256 }

const relayColumns = `upload_id, channel, subject, sha256, created_at, attempts, session_id, session_failures, sending,
	(SELECT COUNT(*) FROM circuits WHERE circuits.channel = due.channel AND opened_at > 0),
	(SELECT COUNT(*) FROM circuits WHERE circuits.channel = due.channel AND (opened_at > 0 OR shut_out = 1))`

// coolingDown is a condition on the channel of a relay: its breaker is open, and the
// cool-down is not over. Two times follow it: now, and how far ahead a time is believed.
const coolingDown = "EXISTS (SELECT 1 FROM circuits WHERE circuits.channel = due.channel AND probe_at BETWEEN "

// Believable bounds how far ahead the next attempt of a relay or the end of a
// channel's cool-down can be: 15 minutes, as provider.MaxRetryAfter, and a minute
// by which clocks may differ. A time further ahead was written by a wrong clock and
// counts as past.
const Believable = 16 * time.Minute

// longestLease is the same bound for leases: lease.Believable.
const longestLease = time.Minute

// openRelay adds the relay row of an upload, or opens it again.
func (l *Library) openRelay(ctx context.Context, tx *sql.Tx, uploadID string) error {
	now := millis(l.now())
	return one(ctx, tx, ErrNotFound, `
		INSERT INTO relays (upload_id, channel, subject, sha256, is_open, next_at, created_at)
		SELECT id, channel, subject, sha256, 1, $1, $2 FROM uploads WHERE id = $3
		ON CONFLICT (upload_id) DO UPDATE SET is_open = 1, attempts = 0, next_at = excluded.next_at`, now, now, uploadID)
}

// OpenRelay returns the relay row of an upload if it is still open and due. Call it
// under the lease: another worker may have closed the row just before.
func (l *Library) OpenRelay(ctx context.Context, uploadID string) (Relay, error) {
	now, ahead := l.nowAndAhead()
	return scanRelay(l.db.Read().QueryRowContext(ctx, "SELECT "+relayColumns+" FROM relays AS due WHERE upload_id = $1 AND is_open = 1"+
		" AND next_at NOT BETWEEN $2 AND $3 AND NOT "+coolingDown+"$4 AND $5)", uploadID, now+1, ahead, now+1, ahead))
}

// nowAndAhead is now, and how far ahead a time is believed.
func (l *Library) nowAndAhead() (now, ahead int64) {
	at := l.now()
	return millis(at), millis(at.Add(Believable))
}

func scanRelay(row scanner) (r Relay, err error) {
	var session string
	var sending, open, down, finished int64
	err = row.Scan(&r.UploadID, &r.Channel, &r.Subject, &r.SHA256, &finished, &r.Attempts, &session, &r.SessionFailures, &sending, &open, &down)
	r.FinishedAt = fromMillis(finished)
	r.SessionID, r.Sending, r.Probe, r.ChannelDown = media.SessionID(session), sending != 0, open != 0, down != 0
	return r, notFound(err)
}

// AcceptUpload records the server's verdict and that relaying begins.
func (l *Library) AcceptUpload(ctx context.Context, held LeaseCheck, id string, v preflight.Verdict) error {
	return l.moveUpload(ctx, held, id, move{to: StateRelaying, verdict: &v})
}

// RefuseUpload ends an upload with the server's verdict.
func (l *Library) RefuseUpload(ctx context.Context, held LeaseCheck, id string, v preflight.Verdict) error {
	return l.moveUpload(ctx, held, id, move{to: StateRefused, verdict: &v, closeRelay: true})
}

// FailUpload ends an upload with a problem.
func (l *Library) FailUpload(ctx context.Context, held LeaseCheck, id string, p Problem) error {
	return l.moveUpload(ctx, held, id, move{to: StateFailed, problem: &p, closeRelay: true})
}

// CompleteUpload ends an upload whose copies are all in the library. Its content then
// has the upload's name, and refers to the bytes of this upload, which are kept the longest.
func (l *Library) CompleteUpload(ctx context.Context, held LeaseCheck, id, contentID string) error {
	return l.moveUpload(ctx, held, id, move{to: StateDone, contentID: contentID, closeRelay: true})
}

// move is one step of an upload's row by its relay's worker.
type move struct {
	to         State
	verdict    *preflight.Verdict
	problem    *Problem
	contentID  string
	closeRelay bool
}

func (l *Library) moveUpload(ctx context.Context, held LeaseCheck, id string, m move) error {
	verdict, err := toJSON(m.verdict)
	if err != nil {
		return err
	}
	problem, err := toJSON(m.problem)
	if err != nil {
		return err
	}
	ended := 0
	if m.closeRelay {
		ended = 1
	}
	var asset, channel string
	err = l.underLease(ctx, held, id, func(tx *sql.Tx) (err error) {
		if m.contentID != "" {
			if asset, err = l.nameContent(ctx, tx, m.contentID, id); err != nil {
				return err
			}
		}
		err = tx.QueryRowContext(ctx, `
			UPDATE uploads SET state = $1, verdict = CASE WHEN $2 = '' THEN verdict ELSE $3 END, problem = $4,
				asset_id = $5, version = version + 1 + CASE WHEN $6 = 1 THEN `+channelChanges+` ELSE 0 END, touched_at = $7
			WHERE id = $8 AND state IN ($9, $10) RETURNING channel`,
			string(m.to), verdict, verdict, problem, asset, ended, millis(l.now()), id, string(StateChecking), string(StateRelaying)).Scan(&channel)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrState
		}
		if err != nil || !m.closeRelay {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE contents SET upload_id = $1 WHERE id = $2", id, m.contentID); err != nil {
			return err
		}
		return one(ctx, tx, ErrState, "UPDATE relays SET is_open = 0, session_id = '', sending = 0 WHERE upload_id = $1 AND is_open = 1", id)
	})
	if err == nil && asset != "" {
		l.feed.assetChanged(channel, asset)
	}
	return err
}
