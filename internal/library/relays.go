package library

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
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

// Capacity is what the caller can run of a channel.
type Capacity struct {
	// Free is how many relays more it can start.
	Free int
	// Running are the contents, by SHA-256, that have a worker already.
	Running []string
	// After is the subject whose relay was started last.
	After string
}

// DueRelays lists open relays that are due, have no worker, and whose channel has
// capacity and is not cooling down: the first of every channel, then the second of every
// channel, and so on, so that a burst in one channel does not delay the others. Within a
// channel the subjects take turns in the same way, beginning after the one that was
// served last. Its cost is that of the relays that it returns, however many others wait.
func (l *Library) DueRelays(ctx context.Context, capacity func(channel string) Capacity) ([]Relay, error) {
	channels, err := l.dueChannels(ctx)
	if err != nil {
		return nil, err
	}
	byChannel := make([][]Relay, len(channels))
	for i, channel := range channels {
		if byChannel[i], err = l.dueIn(ctx, channel, capacity(channel)); err != nil {
			return nil, err
		}
	}
	return takeTurns(byChannel), nil
}

// takeTurns lists the first of every list, then the second of every list, and so on.
func takeTurns(lists [][]Relay) (all []Relay) {
	for place, some := 0, true; some; place++ {
		some = false
		for _, list := range lists {
			if place < len(list) {
				all, some = append(all, list[place]), true
			}
		}
	}
	return all
}

// dueChannelsQuery steps from one channel to the next in the index relays_open. A
// DISTINCT would read every relay that waits.
const dueChannelsQuery = `
	WITH RECURSIVE waiting (channel) AS (
		SELECT MIN(channel) FROM relays WHERE is_open = 1
		UNION ALL
		SELECT (SELECT MIN(channel) FROM relays WHERE is_open = 1 AND channel > waiting.channel) FROM waiting WHERE channel IS NOT NULL)
	SELECT channel FROM waiting AS due WHERE channel IS NOT NULL AND NOT ` + coolingDown + `$1 AND $2)`

// dueChannels lists the channels that have open relays and are not cooling down.
func (l *Library) dueChannels(ctx context.Context) ([]string, error) {
	now, ahead := l.nowAndAhead()
	return list(ctx, l.db.Read(), func(row scanner) (channel string, err error) {
		err = row.Scan(&channel)
		return channel, err
	}, dueChannelsQuery, now+1, ahead)
}

// dueSubjectsQuery steps from one subject of a channel to the next in the index
// relays_open, and keeps those that have due relays.
const dueSubjectsQuery = `
	WITH RECURSIVE waiting (subject) AS (
		SELECT MIN(subject) FROM relays WHERE is_open = 1 AND channel = $1
		UNION ALL
		SELECT (SELECT MIN(subject) FROM relays WHERE is_open = 1 AND channel = $2 AND subject > waiting.subject) FROM waiting WHERE subject IS NOT NULL)
	SELECT subject FROM waiting WHERE subject IS NOT NULL AND (
		EXISTS (SELECT 1 FROM relays WHERE is_open = 1 AND channel = $3 AND subject = waiting.subject AND next_at <= $4) OR
		EXISTS (SELECT 1 FROM relays WHERE is_open = 1 AND channel = $5 AND subject = waiting.subject AND next_at > $6))`

// dueSubjects lists the subjects of a channel that have due relays, in their order,
// beginning after one of them.
func (l *Library) dueSubjects(ctx context.Context, channel, after string) ([]string, error) {
	now, ahead := l.nowAndAhead()
	subjects, err := list(ctx, l.db.Read(), func(row scanner) (subject string, err error) {
		err = row.Scan(&subject)
		return subject, err
	}, dueSubjectsQuery, channel, channel, channel, now, channel, ahead)
	slices.Sort(subjects)
	next, found := slices.BinarySearch(subjects, after)
	if found {
		next++
	}
	return slices.Concat(subjects[next:], subjects[:next]), err
}

// The conditions on the next attempt of a relay that is due: it is past, or it was
// written by a wrong clock. Each is one range of the index relays_open.
const (
	isPast        = "next_at <= $3"
	isImplausible = "next_at > $3"
)

// dueIn lists the due relays of a channel that there is capacity for. More subjects than
// places are not read.
func (l *Library) dueIn(ctx context.Context, channel string, c Capacity) ([]Relay, error) {
	if c.Free <= 0 {
		return nil, nil
	}
	subjects, err := l.dueSubjects(ctx, channel, c.After)
	if err != nil {
		return nil, err
	}
	subjects = subjects[:min(len(subjects), c.Free)]
	bySubject := make([][]Relay, len(subjects))
	for i, subject := range subjects {
		if bySubject[i], err = l.dueOf(ctx, dueRange{channel, subject, c.Free, c.Running}); err != nil {
			return nil, err
		}
	}
	due := takeTurns(bySubject)
	return due[:min(len(due), c.Free)], nil
}

// dueOf lists the due relays of one subject of a channel.
func (l *Library) dueOf(ctx context.Context, r dueRange) ([]Relay, error) {
	now, ahead := l.nowAndAhead()
	due, err := l.dueRange(ctx, isPast, now, r)
	if err != nil || len(due) == r.limit {
		return due, err
	}
	r.limit -= len(due)
	implausible, err := l.dueRange(ctx, isImplausible, ahead, r)
	return append(due, implausible...), err
}

type dueRange struct {
	channel, subject string
	limit            int
	without          []string
}

func (l *Library) dueRange(ctx context.Context, condition string, bound int64, r dueRange) ([]Relay, error) {
	args := []any{r.channel, r.subject, bound}
	for _, sha256 := range r.without {
		args = append(args, sha256)
	}
	if !l.db.Owned() { // workers of other processes have their leases in the database
		now := millis(l.now())
		args = append(args, now+1, now+longestLease.Milliseconds())
	}
	return list(ctx, l.db.Read(), scanRelay, dueQuery(condition, len(r.without), !l.db.Owned()), append(args, r.limit)...)
}

// dueQuery writes the query for the due relays of a subject. Its parameters are the
// channel, the subject, the bound of the condition, the contents to leave out, if leases count the
// two times between which a lease expires, and the limit.
func dueQuery(condition string, without int, leases bool) string {
	var q strings.Builder
	q.WriteString("SELECT " + relayColumns + " FROM relays AS due WHERE channel = $1 AND subject = $2 AND is_open = 1 AND " + condition)
	next := 4
	for range without {
		fmt.Fprintf(&q, " AND sha256 <> $%d", next)
		next++
	}
	if leases {
		fmt.Fprintf(&q, ` AND NOT EXISTS (SELECT 1 FROM leases
			WHERE name = 'relay/' || due.channel || '/' || due.sha256 AND expires_at BETWEEN $%d AND $%d)`, next, next+1)
		next += 2
	}
	fmt.Fprintf(&q, " ORDER BY next_at, created_at LIMIT $%d", next)
	return q.String()
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

// CompleteUpload ends an upload whose copies are all in the library. The asset then
// refers to the bytes of this upload, which are kept the longest.
func (l *Library) CompleteUpload(ctx context.Context, held LeaseCheck, id, assetID string) error {
	return l.moveUpload(ctx, held, id, move{to: StateDone, assetID: assetID, closeRelay: true})
}

// move is one step of an upload's row by its relay's worker.
type move struct {
	to         State
	verdict    *preflight.Verdict
	problem    *Problem
	assetID    string
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
	return l.underLease(ctx, held, id, func(tx *sql.Tx) error {
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
