package library

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"time"

	"mediarelay/internal/media"
	"mediarelay/internal/preflight"
	"mediarelay/internal/reason"
)

const uploadColumns = `id, channel, subject, COALESCE(client_key, ''), length, metadata, filename, declared_type, kind,
	kinds, purposes, declared_sha256, sha256, state, ` + currentVersion + `, verdict, ` + currentProblem + `, asset_id, created_at, touched_at`

// currentVersion is that of the row, and for an upload that waits also the number of
// changes of its channel. At the end of the upload the sum becomes the row's (moveUpload),
// so a version never shrinks.
const currentVersion = `version + CASE WHEN state IN ('checking', 'relaying') THEN ` + channelChanges + ` ELSE 0 END`

// channelChanges is how often what the waiting uploads of a row's channel show has changed.
const channelChanges = `COALESCE((SELECT changes FROM channel_changes WHERE channel_changes.channel = uploads.channel), 0)`

// currentProblem is the channel's problem if the upload waits for a paused channel, and
// the upload's own otherwise.
const currentProblem = `COALESCE((SELECT circuits.problem FROM circuits WHERE circuits.channel = uploads.channel AND circuits.opened_at > 0
	AND uploads.state IN ('checking', 'relaying')), problem)`

// CreateUpload adds a new upload in StateUploading. It returns ErrKeyTaken if its
// subject has an upload with the same client key in the channel, and a *QuotaError if
// the subject's quota is exhausted.
//
// The commit survives the process but not a power cut. The finish of an upload that
// a power cut removes was never acknowledged, so its client creates it again.
func (l *Library) CreateUpload(ctx context.Context, u Upload) error {
	now := millis(l.now())
	err := l.db.Relaxed(ctx, func(tx *sql.Tx) error {
		if err := l.lockQuota(ctx, tx, u); err != nil {
			return err
		}
		err := one(ctx, tx, ErrKeyTaken, `
			INSERT INTO uploads (id, channel, subject, client_key, length, metadata, filename, declared_type, kind,
				kinds, purposes, declared_sha256, state, created_at, touched_at)
			VALUES ($1, $2, $3, NULLIF($4, ''), $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
			ON CONFLICT (channel, subject, client_key) DO NOTHING`,
			u.ID, u.Channel, u.Subject, u.ClientKey, u.Length, u.Metadata, u.Filename, u.DeclaredType, string(u.Kind),
			media.JoinKinds(u.Kinds), media.JoinPurposes(u.Purposes), u.DeclaredSHA256, string(StateUploading), now, now)
		if err != nil {
			return err
		}
		return l.checkQuota(ctx, tx, u)
	})
	if err == nil {
		l.notifier.uploadChanged(u.ID)
	}
	return err
}

// Upload returns an upload that the caller has access to.
func (l *Library) Upload(ctx context.Context, caller Caller, id string) (Upload, error) {
	u, err := l.UploadByID(ctx, id)
	if err == nil && !caller.MayUse(u) {
		return Upload{}, ErrNotFound
	}
	return u, err
}

// UploadByID returns an upload of any channel and subject, for internal callers.
func (l *Library) UploadByID(ctx context.Context, id string) (Upload, error) {
	return scanUpload(l.db.Read().QueryRowContext(ctx, "SELECT "+uploadColumns+" FROM uploads WHERE id = $1", id))
}

// UploadByKey returns the upload of a channel and subject that has a client key.
func (l *Library) UploadByKey(ctx context.Context, channel, subject, key string) (Upload, error) {
	return scanUpload(l.db.Read().QueryRowContext(ctx,
		"SELECT "+uploadColumns+" FROM uploads WHERE channel = $1 AND subject = $2 AND client_key = $3", channel, subject, key))
}

// TouchUpload records that bytes arrived, so that the upload does not expire.
func (l *Library) TouchUpload(ctx context.Context, id string) error {
	return l.db.Relaxed(ctx, func(tx *sql.Tx) error {
		return one(ctx, tx, ErrNotFound, "UPDATE uploads SET touched_at = $1 WHERE id = $2", millis(l.now()), id)
	})
}

// FinishUpload records in one durable transaction that every byte is safe and what
// their digest is, and opens the relay row. If the client's digest differs, failure
// says so: the upload has failed, and for good, since no relay is opened. Finishing an
// upload that is past StateUploading changes nothing.
func (l *Library) FinishUpload(ctx context.Context, id, sha256 string, failure *Problem) error {
	next := StateChecking
	if failure != nil {
		next = StateFailed
	}
	text, err := toJSON(failure)
	if err != nil {
		return err
	}
	err = l.db.Durable(ctx, func(tx *sql.Tx) error {
		err := one(ctx, tx, ErrState, `UPDATE uploads SET state = $1, sha256 = $2, problem = $3, version = version + 1, touched_at = $4
			WHERE id = $5 AND state = $6`, string(next), sha256, text, millis(l.now()), id, string(StateUploading))
		if err != nil || next == StateFailed {
			return err
		}
		return l.openRelay(ctx, tx, id)
	})
	if errors.Is(err, ErrState) {
		_, err = l.UploadByID(ctx, id) // past uploading is fine, gone is not
		return err
	}
	if err == nil {
		l.notifier.uploadChanged(id)
		l.notifier.relaysChanged()
	}
	return err
}

// DeleteUpload deletes an upload and its relay row. It returns ErrState while the file
// is checked or relayed. The statement itself tests the state, so no relay can begin
// in between.
func (l *Library) DeleteUpload(ctx context.Context, id string) error {
	err := l.db.Relaxed(ctx, func(tx *sql.Tx) error {
		return one(ctx, tx, ErrState, "DELETE FROM uploads WHERE id = $1 AND state NOT IN ($2, $3)",
			id, string(StateChecking), string(StateRelaying))
	})
	if errors.Is(err, ErrState) {
		if _, lookErr := l.UploadByID(ctx, id); lookErr != nil {
			return lookErr
		}
	}
	if err == nil {
		l.notifier.uploadChanged(id)
	}
	return err
}

// The conditions of the partial indexes uploads_unfinished and uploads_ended.
const (
	isUnfinished = "state = 'uploading'"
	isEnded      = "state NOT IN ('uploading', 'checking', 'relaying')"
)

// Unfinished lists up to limit uploads after a cursor that are still uploading and had
// no activity since a time, oldest activity first. Its cost is that of the uploads that it
// returns, however many others there are; so is that of Ended.
func (l *Library) Unfinished(ctx context.Context, silentSince time.Time, after Cursor, limit int) ([]Upload, error) {
	return l.silent(ctx, isUnfinished, silentSince, after, limit)
}

// Ended lists up to limit uploads after a cursor that ended and had no activity since a
// time, oldest activity first.
func (l *Library) Ended(ctx context.Context, silentSince time.Time, after Cursor, limit int) ([]Upload, error) {
	return l.silent(ctx, isEnded, silentSince, after, limit)
}

func (l *Library) silent(ctx context.Context, states string, since time.Time, after Cursor, limit int) ([]Upload, error) {
	return list(ctx, l.db.Read(), scanUpload, silentQuery(states), millis(since), millis(after.TouchedAt), after.ID, limit)
}

func silentQuery(states string) string {
	return "SELECT " + uploadColumns + " FROM uploads WHERE " + states +
		" AND touched_at <= $1 AND (touched_at, id) > ($2, $3) ORDER BY touched_at, id LIMIT $4"
}

func scanUpload(row scanner) (Upload, error) {
	var u Upload
	var kind, kinds, purposes, state, verdict, problem string
	var created, touched int64
	err := row.Scan(&u.ID, &u.Channel, &u.Subject, &u.ClientKey, &u.Length, &u.Metadata, &u.Filename, &u.DeclaredType, &kind,
		&kinds, &purposes, &u.DeclaredSHA256, &u.SHA256, &state, &u.Version, &verdict, &problem, &u.AssetID, &created, &touched)
	if err != nil {
		return Upload{}, notFound(err)
	}
	u.Kind, u.State = media.Kind(kind), State(state)
	u.CreatedAt, u.TouchedAt = fromMillis(created), fromMillis(touched)
	var unknownPurpose, unknownKind string
	var verdictErr, problemErr error
	u.Purposes, unknownPurpose = media.ParsePurposes(purposes)
	u.Kinds, unknownKind = media.ParseKinds(kinds)
	u.Verdict, verdictErr = fromJSON[preflight.Verdict](verdict)
	u.Problem, problemErr = fromJSON[Problem](problem)
	if err := errors.Join(verdictErr, problemErr); err != nil || unknownPurpose+unknownKind != "" {
		slog.Error("an upload's row is damaged", "upload", u.ID, "purpose", unknownPurpose, "kind", unknownKind, "error", err)
		return damaged(u), nil
	}
	return u, nil
}

// damaged is an upload whose row cannot be decoded. It has failed, so that it does not
// block the others.
func damaged(u Upload) Upload {
	u.State, u.Verdict = StateFailed, nil
	u.Problem = &Problem{Reason: reason.Reason{Code: reason.ProblemInternal, Severity: reason.Refuse}}
	return u
}
