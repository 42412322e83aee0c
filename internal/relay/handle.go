package relay

import (
	"context"
	"errors"
	"time"

	"mediarelay/internal/library"
	"mediarelay/internal/limit"
	"mediarelay/internal/media"
	"mediarelay/internal/provider"
)

// sessionBreaks is after how many breaks a session is given up for a new one.
const sessionBreaks = 2

// handle sends the file into an upload session in one POST from offset 0. A
// session that broke before goes on from the offset that it reports.
func (j *job) handle(ctx context.Context) (received, error) {
	for first := true; ; first = false {
		known := j.row.SessionID
		h, began, err := j.send(ctx)
		if err == nil {
			return received{library.Copy{Copy: media.CopyHandle, Value: string(h), ExpiresAt: handleEnd(h, began)}, began}, nil
		}
		cause := provider.CauseOf(err)
		if j.row.SessionID == "" || ctx.Err() != nil || isRecord(err) || !breaks(cause) {
			return received{}, err
		}
		dead, saveErr := j.noteBreak(ctx, cause)
		if saveErr != nil {
			return received{}, saveErr
		}
		// At once, and once, only where the provider said what to do, and with a new
		// session only in place of one that is older than this attempt.
		again := !dead && cause == provider.CauseOffset || dead && cause == provider.CauseSession && known != ""
		if !first || !again {
			return received{}, err
		}
	}
}

func (j *job) send(ctx context.Context) (h media.Handle, began time.Time, err error) {
	if early := j.take(media.CopyHandle); early != nil {
		h, final, err := j.finishHandle(ctx, early)
		if err != nil {
			return "", began, err
		}
		if final {
			return h, early.began, nil
		}
	}
	offset, err := j.session(ctx)
	if err != nil {
		return "", began, err
	}
	body, err := j.from(offset)
	if err != nil {
		return "", began, err
	}
	began = j.now()
	h, err = j.provider.SendSession(ctx, j.row.SessionID, provider.Part{Object: j.object(), Offset: offset, Body: body})
	if err = body.blame(err); err != nil && !body.truthful() {
		err = errors.Join(err, j.saveSession(ctx, "", 0))
	}
	return h, began, err
}

// finishHandle makes a forerun's session the relay's own and waits for its end. One
// that broke is gone on with the usual way. A session with other bytes than those
// that are stored does not get into the row, and does not stay there: whoever finds
// it believes it.
func (j *job) finishHandle(ctx context.Context, early *forerun) (h media.Handle, final bool, err error) {
	s := early.session()
	if s == "" || j.row.SessionID != "" || !early.truthful() {
		early.end()
		return "", false, nil
	}
	if err := j.saveSession(ctx, s, 0); err != nil {
		return "", false, err
	}
	value, final, err := early.finish(ctx, j.row.SHA256)
	switch {
	case final && err == nil:
	case !early.truthful():
		err = errors.Join(err, j.saveSession(ctx, "", 0))
	case !final && early.fault() != nil:
		err = j.saveSession(ctx, s, 1)
	}
	return media.Handle(value), final, err
}

// session opens a session, or asks the open one how far it is. The session is
// remembered before its first byte, so that a restart goes on in it.
func (j *job) session(ctx context.Context) (offset int64, err error) {
	if j.row.SessionID != "" {
		offset, err = j.offset(ctx)
		if !errors.Is(err, limit.ErrSpent) {
			return offset, err
		}
		j.ambiguous(ctx, errNotAsked)
	}
	s, err := j.provider.OpenSession(ctx, j.object())
	if err != nil {
		return 0, err
	}
	return 0, j.saveSession(ctx, s, 0)
}

func (j *job) offset(ctx context.Context) (int64, error) {
	offset, err := j.Relay.offset(ctx, j.provider, j.row.SessionID)
	if err == nil {
		j.whole = offset == j.content.Size
	}
	return offset, err
}

// errHandleLost: nothing is documented that would make a session say its handle
// again.
var errHandleLost = errors.New("the session had every byte, and the answer with its handle was lost")

// errNotAsked: a session was given up for a new one unasked, whatever it had.
var errNotAsked = errors.New("a session could not be asked how far it is: too many reads have failed")

// breaks reports whether a cause concerns the session. A rate limit or a key that
// is not let in leaves it, and the bytes in it, as they are.
func breaks(cause provider.Cause) bool {
	return cause != provider.CauseRate && cause != provider.CauseAuth
}

// noteBreak remembers a break of the session by its cause, and reports whether
// the session is given up.
func (j *job) noteBreak(ctx context.Context, cause provider.Cause) (dead bool, err error) {
	failures := j.row.SessionFailures + 1
	if cause == provider.CauseSession || failures >= sessionBreaks {
		if j.whole {
			j.whole = false
			j.ambiguous(ctx, errHandleLost)
		}
		return true, j.saveSession(ctx, "", 0)
	}
	return false, j.saveSession(ctx, j.row.SessionID, failures)
}

func (j *job) saveSession(ctx context.Context, s media.SessionID, failures int) error {
	j.row.SessionID, j.row.SessionFailures = s, failures
	return record(j.config.Library.SaveSession(ctx, j.fence, j.upload.ID, s, failures))
}

// handleEnd is the end that the handle itself carries, or a cautious guess.
func handleEnd(h media.Handle, began time.Time) time.Time {
	if seconds, ok := h.Expiry(); ok {
		return time.Unix(seconds, 0)
	}
	return began.Add(time.Duration(media.HandleLifetimeSeconds) * time.Second)
}
