package relay

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"time"

	"mediarelay/internal/lease"
	"mediarelay/internal/library"
	"mediarelay/internal/preflight"
	"mediarelay/internal/reason"
	"mediarelay/internal/store"
)

// job is one relay under a lease.
type job struct {
	*Relay
	row      library.Relay
	upload   library.Upload
	fence    *lease.Lease
	provider Provider
	began    time.Time
	content  *store.Content
	early    []*forerun     // those of the upload that were not taken
	given    []library.Copy // what the upload's purposes have got
	// whole says that the open session has every byte.
	whole bool
}

// work takes one relay as far as it goes now, and gives the leases back.
func (r *Relay) work(ctx context.Context, row library.Relay, held claim) {
	working, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-held.content.Lost():
			cancel()
		case <-working.Done():
		}
	}()
	err := r.carry(working, row, held)
	if err != nil && working.Err() == nil {
		slog.ErrorContext(ctx, "a relay could not be recorded", "upload", row.UploadID, "error", err)
	}
	leaving, done := context.WithTimeout(context.WithoutCancel(ctx), lease.TimeToLive)
	defer done()
	if err != nil && ctx.Err() != nil {
		r.handOn(leaving, row, held)
	}
	if err := held.release(leaving); err != nil {
		slog.ErrorContext(leaving, "a relay's lease could not be released", "upload", row.UploadID, "error", err)
	}
}

// handOn lets another process begin at once with what this one, which stops,
// could not end.
func (r *Relay) handOn(ctx context.Context, row library.Relay, held claim) {
	err := r.config.Library.YieldRelay(ctx, held.content, row.UploadID)
	switch {
	case errors.Is(err, library.ErrState), errors.Is(err, lease.ErrLost): // it ended, or somebody has it already
	case err != nil:
		slog.ErrorContext(ctx, "a relay could not be handed on", "upload", row.UploadID, "error", err)
	default:
		slog.InfoContext(ctx, "a relay was handed on", "upload", row.UploadID)
	}
}

// carry loads the job anew, since another worker may have ended it before the
// lease was ours, and takes its steps. The attempt is counted, and the next one
// put off, before anything is done: a failure that cannot even be recorded is not
// repeated at full speed. A cancelled step leaves the row open.
func (r *Relay) carry(ctx context.Context, row library.Relay, held claim) (err error) {
	row, err = r.config.Library.OpenRelay(ctx, row.UploadID)
	if errors.Is(err, library.ErrNotFound) || row.Probe && held.probe == nil {
		return nil
	}
	if err != nil {
		return err
	}
	upload, err := r.config.Library.UploadByID(ctx, row.UploadID)
	if err != nil {
		return err
	}
	j := &job{Relay: r, row: row, upload: upload, fence: held.content, provider: r.provider(row.Channel), began: r.now()}
	j.early = r.foreruns.claim(upload.ID)
	defer r.foreruns.drop(upload.ID)
	if err := r.config.Library.BeginAttempt(ctx, j.fence, upload.ID, r.now().Add(lease.TimeToLive)); err != nil {
		return err
	}
	j.row.Attempts++
	if upload.State.Ended() { // its row is damaged
		return j.fail(ctx, *upload.Problem, "", false)
	}
	if j.provider == nil {
		return j.fail(ctx, problemOf(reason.ChannelGone), "", true) // it may be set up again
	}
	j.content, err = r.config.Bytes.Open(ctx, upload.ID)
	if errors.Is(err, store.ErrNotFound) {
		return j.fail(ctx, problemOf(reason.BytesGone), "", false)
	}
	if err != nil {
		return j.settle(ctx, ownStore(err))
	}
	defer func() { err = errors.Join(err, j.content.Close()) }()
	if j.content.Size != upload.Length {
		return j.damaged(ctx, fmt.Errorf("%d bytes are stored, want %d", j.content.Size, upload.Length))
	}
	return j.steps(ctx)
}

// steps: check, then one copy after the other, then done.
func (j *job) steps(ctx context.Context) error {
	refused, err := j.check(ctx)
	if err != nil || refused {
		return err
	}
	assetID, err := j.copies(ctx)
	if err != nil {
		return j.settle(ctx, err)
	}
	err = j.config.Library.CompleteUpload(ctx, j.fence, j.upload.ID, assetID)
	if err == nil {
		j.done(ctx)
	}
	return err
}

// check gives the server's own verdict over the stored bytes. The browser's is
// never believed: what the provider refuses counts against the phone number.
func (j *job) check(ctx context.Context) (refused bool, err error) {
	if j.upload.State == library.StateRelaying && j.upload.Verdict != nil {
		return false, nil
	}
	v := j.verdict(ctx)
	v, err = secondOpinion(j.content, v)
	if unreadable(v) {
		err = errors.Join(errUnreadable, err)
	}
	if err != nil {
		return false, j.settle(ctx, ownStore(err))
	}
	j.upload.Verdict = &v
	if v.Outcome != preflight.Refuse {
		return false, j.config.Library.AcceptUpload(ctx, j.fence, j.upload.ID, v)
	}
	if err := j.config.Library.RefuseUpload(ctx, j.fence, j.upload.ID, v); err != nil {
		return true, err
	}
	j.config.Metrics.ended(j.row.Channel, library.StateRefused)
	// No one will send these bytes; they need not be kept.
	return true, j.config.Bytes.Remove(ctx, j.upload.ID)
}

// verdict is preflight's. A file whose bytes make a parser panic is refused, and
// the server stays up for the others.
func (j *job) verdict(ctx context.Context) (v preflight.Verdict) {
	defer func() {
		if cause := recover(); cause != nil {
			panicked(ctx, j.upload.ID, cause)
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

// panicked tells operators of a parser's panic over a file. It is called where that is
// recovered, so the stack is the panic's.
func panicked(ctx context.Context, id string, cause any) {
	slog.ErrorContext(ctx, "a parser panicked", "upload", id, "cause", cause, "stack", string(debug.Stack()))
}

var errUnreadable = errors.New("preflight could not read them")

// unreadable reports a verdict on our disk and not on the file.
func unreadable(v preflight.Verdict) bool {
	return slices.ContainsFunc(v.Reasons, func(r reason.Reason) bool { return r.Code == reason.FileUnreadable })
}
