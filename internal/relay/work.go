package relay

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"runtime/debug"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v5"

	"mediarelay/internal/lease"
	"mediarelay/internal/library"
	"mediarelay/internal/media"
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
	content  *store.Content
}

// work takes one relay as far as it goes now, and gives the lease back.
func (r *Relay) work(ctx context.Context, row library.Relay, held *lease.Lease) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-held.Lost():
			cancel()
		case <-ctx.Done():
		}
	}()
	if err := r.carry(ctx, row, held); err != nil && ctx.Err() == nil {
		slog.ErrorContext(ctx, "a relay could not be recorded", "upload", row.UploadID, "error", err)
	}
	releasing, done := context.WithTimeout(context.WithoutCancel(ctx), lease.TimeToLive)
	defer done()
	if err := held.Release(releasing); err != nil {
		slog.ErrorContext(releasing, "a relay's lease could not be released", "upload", row.UploadID, "error", err)
	}
}

// carry loads the job anew, since another worker may have ended it before the
// lease was ours, and takes its steps. The attempt is counted, and the next one
// put off, before anything is done: a failure that cannot even be recorded is not
// repeated at full speed. A cancelled step leaves the row open.
func (r *Relay) carry(ctx context.Context, row library.Relay, held *lease.Lease) (err error) {
	row, err = r.config.Library.OpenRelay(ctx, row.UploadID)
	if errors.Is(err, library.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	upload, err := r.config.Library.UploadByID(ctx, row.UploadID)
	if err != nil {
		return err
	}
	j := &job{Relay: r, row: row, upload: upload, fence: held, provider: r.config.Providers[row.Channel]}
	if err := r.config.Library.BeginAttempt(ctx, held, upload.ID, r.now().Add(lease.TimeToLive)); err != nil {
		return err
	}
	j.row.Attempts++
	if j.provider == nil {
		return j.fail(ctx, problemOf(reason.ChannelGone), "", false)
	}
	j.content, err = r.config.Bytes.Open(ctx, upload.ID)
	if errors.Is(err, store.ErrNotFound) {
		return j.fail(ctx, problemOf(reason.BytesGone), "", false)
	}
	if err != nil {
		return j.settle(ctx, ownStore(err))
	}
	defer func() { err = errors.Join(err, j.content.Close()) }()
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
	return j.config.Library.CompleteUpload(ctx, j.fence, j.upload.ID, assetID)
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
	// No one will send these bytes; they need not be kept.
	return true, j.config.Bytes.Remove(ctx, j.upload.ID)
}

// verdict is preflight's. A file whose bytes make a parser panic is refused, and
// the server stays up for the others.
func (j *job) verdict(ctx context.Context) (v preflight.Verdict) {
	defer func() {
		if cause := recover(); cause != nil {
			slog.ErrorContext(ctx, "a parser panicked", "upload", j.upload.ID, "cause", cause, "stack", string(debug.Stack()))
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

var errUnreadable = errors.New("preflight could not read them")

// unreadable reports a verdict on our disk and not on the file.
func unreadable(v preflight.Verdict) bool {
	return slices.ContainsFunc(v.Reasons, func(r reason.Reason) bool { return r.Code == reason.FileUnreadable })
}

// copies gets what the purposes need and the library does not have, and returns
// the asset's id.
func (j *job) copies(ctx context.Context) (assetID string, err error) {
	for _, want := range media.Copies(j.upload.Purposes) {
		assetID, err = j.copy(ctx, want)
		if err != nil {
			return "", err
		}
	}
	return assetID, nil
}

// spare is how long a copy must still be good to be given out: a handle within
// ten minutes of its end may be gone before the template is submitted.
const spare = 10 * time.Minute

func (j *job) copy(ctx context.Context, want media.Copy) (assetID string, err error) {
	asset, err := j.config.Library.AssetByDigest(ctx, j.row.Channel, j.row.SHA256)
	if err != nil && !errors.Is(err, library.ErrNotFound) {
		return "", record(err)
	}
	if _, ok := asset.Valid(want, j.now().Add(spare)); ok {
		return asset.ID, nil
	}
	got, err := j.fetch(ctx, want)
	if err != nil {
		return "", err
	}
	return j.keep(ctx, got)
}

// keep records what the provider gave. It was given once, so a stop or a database
// that is away for a moment is no reason to let it go: the fence decides whether
// it may still be recorded.
func (j *job) keep(ctx context.Context, got library.Copy) (assetID string, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lease.TimeToLive)
	defer cancel()
	assetID, err = backoff.Retry(ctx, func() (string, error) {
		id, err := j.config.Library.RecordCopy(ctx, j.fence, j.asset(), got)
		if errors.Is(err, lease.ErrLost) {
			return "", backoff.Permanent(err)
		}
		return id, err
	})
	if err != nil {
		slog.ErrorContext(ctx, "a copy that the provider gave could not be recorded", "upload", j.upload.ID,
			"copy", string(got.Copy), "error", err)
	}
	return assetID, record(err)
}

func (j *job) fetch(ctx context.Context, want media.Copy) (library.Copy, error) {
	if want == media.CopyHandle {
		return j.handle(ctx)
	}
	return j.mediaID(ctx)
}

// mediaIDLifetime counts from the upload. 360dialog writes "after last use";
// Meta does not, so the shorter reading holds.
//
// Source: Cloud API media reference: "persist for 30 days, unless deleted earlier".
const mediaIDLifetime = 30 * 24 * time.Hour

func (j *job) mediaID(ctx context.Context) (library.Copy, error) {
	began := j.now()
	id, err := j.provider.UploadMedia(ctx, j.object(), j.from(0))
	return library.Copy{Copy: media.CopyMediaID, Value: string(id), ExpiresAt: began.Add(mediaIDLifetime)}, err
}

func (j *job) object() media.Object {
	return media.Object{
		Filename: j.upload.Filename, Type: j.upload.Verdict.Type, Kind: j.upload.Verdict.Kind,
		Size: j.content.Size, SHA256: j.row.SHA256,
	}
}

func (j *job) asset() library.Asset {
	o := j.object()
	return library.Asset{
		ID: library.NewID(), Channel: j.row.Channel, SHA256: o.SHA256, Filename: o.Filename, Type: o.Type, Kind: o.Kind,
		Size: o.Size, UploadID: j.upload.ID, CreatedBy: j.upload.Subject,
	}
}

// from reads the stored bytes from an offset to the end.
func (j *job) from(offset int64) io.Reader {
	return io.NewSectionReader(j.content, offset, j.content.Size-offset)
}
