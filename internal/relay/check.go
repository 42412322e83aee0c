package relay

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"slices"

	"mediarelay/internal/library"
	"mediarelay/internal/preflight"
	"mediarelay/internal/reason"
	"mediarelay/internal/relay/verified"
)

var errUnreadable = errors.New("preflight could not read them")

// check gives the server's own verdict on the stored bytes. The browser's is never
// trusted: what the provider rejects counts against the phone number.
//
// A refusal is the end of the file, so it counts only if the bytes are still those that
// arrived. An accepted file is compared with its digest before it completes anywhere.
//
// It reports whether the attempt ends with it: the file is refused, or its bytes cannot
// be judged.
func (j *job) check(ctx context.Context) (ended bool, err error) {
	if j.upload.State == library.StateRelaying && j.upload.Verdict != nil {
		return false, nil
	}
	v := j.verdict(ctx)
	v, err = secondOpinion(j.content, v)
	if unreadable(v) {
		err = errors.Join(errUnreadable, err)
	}
	if err != nil {
		return true, j.handleError(ctx, &verified.StoreError{Err: err})
	}
	j.upload.Verdict = &v
	if v.Outcome != preflight.Refuse {
		return false, j.config.Library.AcceptUpload(ctx, j.lease, j.upload.ID, v)
	}
	if err := j.verifyStored(); err != nil {
		return true, j.handleError(ctx, err)
	}
	if err := j.config.Library.RefuseUpload(ctx, j.lease, j.upload.ID, v); err != nil {
		return true, err
	}
	j.ended(ctx, library.StateRefused, v.Reasons[0].Code, "")
	// These bytes will not be sent, so they need not be kept.
	return true, j.config.Bytes.Remove(ctx, j.upload.ID)
}

// verdict is preflight's. A file that makes a parser panic is refused, and the server
// keeps running.
func (j *job) verdict(ctx context.Context) (v preflight.Verdict) {
	defer func() {
		if cause := recover(); cause != nil {
			logPanic(ctx, j.upload.ID, cause)
			v = preflight.Verdict{Outcome: preflight.Refuse, Reasons: []reason.Reason{{
				Code: reason.FileUndetermined, Severity: reason.Refuse, Fixes: []reason.Fix{reason.ChooseAnotherFile},
			}}}
		}
	}()
	return j.config.Check(j.content, preflight.Question{
		Filename: j.upload.Filename, DeclaredType: j.upload.DeclaredType, Size: j.content.Size,
		Kind: j.upload.Kind, Kinds: j.upload.Kinds, Purposes: j.upload.Purposes,
	})
}

// promisedType is the type that a file's first bytes promise. If they make a parser
// panic they promise none, and the worker's check finds out what the file is.
func (r *Relay) promisedType(ctx context.Context, uploadID string, head []byte) (mediaType string) {
	defer func() {
		if cause := recover(); cause != nil {
			logPanic(ctx, uploadID, cause)
			mediaType = ""
		}
	}()
	return r.config.GuessType(head)
}

// logPanic reports a parser's panic. Call it where the panic is recovered, so that the
// stack is the panic's.
func logPanic(ctx context.Context, id string, cause any) {
	slog.ErrorContext(ctx, "parser panicked", "upload", id, "cause", cause, "stack", string(debug.Stack()))
}

// unreadable reports whether a verdict is about our disk and not about the file.
func unreadable(v preflight.Verdict) bool {
	return slices.ContainsFunc(v.Reasons, func(r reason.Reason) bool { return r.Code == reason.FileUnreadable })
}
