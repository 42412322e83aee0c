package relay

import (
	"context"
	"errors"
	"time"

	"mediarelay/internal/library"
	"mediarelay/internal/limit"
	"mediarelay/internal/media"
	"mediarelay/internal/provider"
	"mediarelay/internal/relay/early"
	"mediarelay/internal/relay/policy"
)

// sendHandle sends the file into an upload session in one POST from offset 0. A session
// that broke is resumed from the offset that it reports.
func (j *job) sendHandle(ctx context.Context) (received, error) {
	for first := true; ; first = false {
		known := j.row.SessionID
		o, err := j.sendSession(ctx)
		if err == nil {
			until := handleEnd(media.Handle(o.Value), o.Began)
			return received{library.Copy{Copy: media.CopyHandle, Value: o.Value, ExpiresAt: until}, o.Began}, nil
		}
		session := policy.For(err).Session
		if j.row.SessionID == "" || ctx.Err() != nil || isRecordFault(err) || session == policy.SessionUntouched {
			return received{}, err
		}
		dead, saveErr := j.recordBreak(ctx, session)
		if saveErr != nil {
			return received{}, saveErr
		}
		// At once, and only once, if the provider said what to do. A new session is opened
		// only in place of one that is older than this attempt.
		atOnce := !dead && session == policy.SessionMoved || dead && session == policy.SessionDead && known != ""
		if !first || !atOnce {
			return received{}, err
		}
	}
}

// sendSession commits the early send, or sends the file if there is no early send, or it was inconclusive.
func (j *job) sendSession(ctx context.Context) (o early.Outcome, err error) {
	if send := j.takeEarly(media.CopyHandle); send != nil {
		o, err := j.commitHandle(ctx, send)
		if err != nil || o.Final {
			return o, err
		}
	}
	offset, err := j.openSession(ctx)
	if err != nil {
		return o, err
	}
	body, err := j.readFrom(offset)
	if err != nil {
		return o, err
	}
	o.Began = j.now()
	h, err := j.provider.SendSession(ctx, j.row.SessionID, provider.Part{Object: j.object(), Offset: offset, Body: body})
	o.Value = string(h)
	if err = body.RequestError(err); err != nil && !body.MatchesStored() {
		err = errors.Join(err, j.saveSession(ctx, "", 0))
	}
	return o, err
}

// commitHandle makes the session of an early send the relay's own and waits for its
// handle. If the send broke, the session is resumed as usual. A session that holds
// other bytes than those that are stored must not be in the row, since every worker
// that finds it there resumes it.
func (j *job) commitHandle(ctx context.Context, send *early.Send) (early.Outcome, error) {
	s := media.SessionID("")
	if j.row.SessionID == "" {
		s = send.Session()
	}
	if s == "" {
		send.Abort()
		return early.Outcome{}, nil
	}
	if err := j.saveSession(ctx, s, 0); err != nil {
		return early.Outcome{}, err
	}
	o := send.Commit(ctx, j.row.SHA256)
	switch {
	case o.Mismatch:
		return o, errors.Join(o.Err, j.saveSession(ctx, "", 0))
	case !o.Final && o.ProviderFailed:
		return o, j.saveSession(ctx, s, 1)
	}
	return o, o.Err
}

// openSession opens a session, or asks the open one for its offset. The session is
// recorded before its first byte, so that it is resumed after a restart.
func (j *job) openSession(ctx context.Context) (offset int64, err error) {
	if j.row.SessionID != "" {
		offset, err = j.provider.SessionOffset(ctx, j.row.SessionID)
		if err == nil {
			j.sessionWhole = offset == j.content.Size
		}
		if !errors.Is(err, limit.ErrSpent) {
			return offset, err
		}
		j.logAmbiguous(ctx, errNotAsked)
	}
	s, err := j.provider.OpenSession(ctx, j.object())
	if err != nil {
		return 0, err
	}
	return 0, j.saveSession(ctx, s, 0)
}

var (
	// errHandleLost: no document says how a session could repeat its handle.
	errHandleLost = errors.New("the session had every byte, and the answer with its handle was lost")
	// errNotAsked: the session was replaced although it may have had every byte.
	errNotAsked = errors.New("a session could not be asked for its offset: too many reads have failed")
)

// sessionBreaks is after how many breaks a session is replaced.
const sessionBreaks = 2

// recordBreak records a break of the session and reports whether it is given up.
func (j *job) recordBreak(ctx context.Context, s policy.Session) (dead bool, err error) {
	failures := j.row.SessionFailures + 1
	if s != policy.SessionDead && failures < sessionBreaks {
		return false, j.saveSession(ctx, j.row.SessionID, failures)
	}
	if j.sessionWhole {
		j.sessionWhole = false
		j.logAmbiguous(ctx, errHandleLost)
	}
	return true, j.saveSession(ctx, "", 0)
}

func (j *job) saveSession(ctx context.Context, s media.SessionID, failures int) error {
	j.row.SessionID, j.row.SessionFailures = s, failures
	return recordFault(j.config.Library.SaveSession(ctx, j.lease, j.upload.ID, s, failures))
}

// handleEnd is the end that the handle itself carries, or a cautious estimate.
func handleEnd(h media.Handle, began time.Time) time.Time {
	if seconds, ok := h.Expiry(); ok {
		return time.Unix(seconds, 0)
	}
	return began.Add(time.Duration(media.HandleLifetimeSeconds) * time.Second)
}
