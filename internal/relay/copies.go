package relay

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v5"

	"mediarelay/internal/lease"
	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/provider"
)

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
	if c, ok := asset.Valid(want, j.now().Add(spare)); ok {
		j.given = append(j.given, c)
		return asset.ID, nil
	}
	got, err := j.fetch(ctx, want)
	if err != nil {
		return "", err
	}
	j.given = append(j.given, got.Copy)
	assetID, err = j.keep(ctx, got.Copy)
	j.served(ctx, got.began)
	return assetID, err
}

// received is a copy as the provider gave it to a request that began at a time.
type received struct {
	library.Copy
	began time.Time
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
		j.orphan(ctx, got, err)
	}
	return assetID, record(err)
}

// orphan tells operators of a copy that the provider holds and nobody will use.
// A media ID opens nothing without the channel's key, and deletes what is left
// over; a handle is confidential.
func (j *job) orphan(ctx context.Context, got library.Copy, err error) {
	id := got.Value
	if got.Copy != media.CopyMediaID {
		id = ""
	}
	slog.ErrorContext(ctx, "a copy that the provider gave could not be recorded", "upload", j.upload.ID,
		"channel", j.row.Channel, "copy", string(got.Copy), "media_id", id, "error", err)
	j.config.Metrics.orphans.WithLabelValues(j.row.Channel, string(got.Copy)).Inc()
}

func (j *job) fetch(ctx context.Context, want media.Copy) (received, error) {
	if want == media.CopyHandle {
		return j.handle(ctx)
	}
	return j.mediaID(ctx)
}

func (j *job) mediaID(ctx context.Context) (received, error) {
	if j.row.Sending {
		j.ambiguous(ctx, errDied)
	}
	id, began, err := j.sendMedia(ctx)
	if provider.CauseOf(err) == provider.CauseAmbiguous {
		j.ambiguous(ctx, err)
	}
	until := began.Add(j.provider.Limits().MediaLifetime)
	return received{library.Copy{Copy: media.CopyMediaID, Value: string(id), ExpiresAt: until}, began}, err
}

func (j *job) sendMedia(ctx context.Context) (id media.MediaID, began time.Time, err error) {
	if early := j.take(media.CopyMediaID); early != nil {
		id, final, err := j.finishMedia(ctx, early)
		if err != nil {
			return "", began, err
		}
		if final {
			return id, early.began, nil
		}
	}
	if err := j.mayUpload(ctx, j.provider); err != nil {
		return "", began, err
	}
	if err := j.beginSending(ctx); err != nil {
		return "", began, err
	}
	body, err := j.from(0)
	if err != nil {
		return "", began, err
	}
	began = j.now()
	id, err = j.provider.UploadMedia(ctx, j.object(), body)
	return id, began, body.blame(err)
}

func (j *job) finishMedia(ctx context.Context, early *forerun) (id media.MediaID, final bool, err error) {
	if !early.isOver() { // the gate will open, and the provider may have it then
		if err := j.beginSending(ctx); err != nil {
			return "", false, err
		}
	}
	value, final, err := early.finish(ctx, j.row.SHA256)
	return media.MediaID(value), final, err
}

func (j *job) beginSending(ctx context.Context) error {
	return record(j.config.Library.BeginSending(ctx, j.fence, j.upload.ID))
}

// take gives the forerun of a copy, once, if it sends what was checked.
func (j *job) take(want media.Copy) *forerun {
	at := slices.IndexFunc(j.early, func(f *forerun) bool { return f.want == want })
	if at < 0 {
		return nil
	}
	f := j.early[at]
	j.early = slices.Delete(j.early, at, at+1)
	if !f.of(j) {
		f.end()
		return nil
	}
	return f
}

var errDied = errors.New("the worker before died, or could not record what came of its request")

// ambiguous counts an attempt after which the provider may hold an object or a
// handle that we know nothing of. The next attempt makes another; the first ends by itself.
func (j *job) ambiguous(ctx context.Context, err error) {
	j.row.Sending = false
	slog.WarnContext(ctx, "the provider may hold a second copy of a file", "upload", j.upload.ID, "channel", j.row.Channel, "error", err)
	j.config.Metrics.ambiguous.WithLabelValues(j.row.Channel).Inc()
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
func (j *job) from(offset int64) (*sending, error) {
	s := newSending(j.content, j.content.Size)
	s.digest = j.row.SHA256
	if err := s.skip(offset); err != nil {
		return nil, ownStore(err)
	}
	return s, nil
}
