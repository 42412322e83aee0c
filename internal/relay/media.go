package relay

import (
	"context"
	"errors"

	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/relay/early"
	"mediarelay/internal/relay/policy"
)

var errDied = errors.New("the previous worker died, or could not record the outcome of its request")

// sendMedia makes a media object.
func (j *job) sendMedia(ctx context.Context) (received, error) {
	if j.row.Sending {
		j.logAmbiguous(ctx, errDied)
	}
	o, err := j.uploadMedia(ctx)
	if policy.For(err).MayHaveArrived {
		j.logAmbiguous(ctx, err)
	}
	until := o.Began.Add(j.provider.Limits().MediaLifetime)
	return received{library.Copy{Copy: media.CopyMediaID, Value: o.Value, ExpiresAt: until}, o.Began}, err
}

// uploadMedia commits the early send, or sends the file if there is no early send, or it was inconclusive.
func (j *job) uploadMedia(ctx context.Context) (o early.Outcome, err error) {
	if send := j.takeEarly(media.CopyMediaID); send != nil {
		o, err := j.commitMedia(ctx, send)
		if err != nil || o.Final {
			return o, err
		}
	}
	if err := j.provider.AwaitUploadSlot(ctx); err != nil {
		return o, err
	}
	if err := j.beginSending(ctx); err != nil {
		return o, err
	}
	body, err := j.readFrom(0)
	if err != nil {
		return o, err
	}
	o.Began = j.now()
	id, err := j.provider.UploadMedia(ctx, j.object(), body)
	o.Value = string(id)
	return o, body.RequestError(err)
}

func (j *job) commitMedia(ctx context.Context, send *early.Send) (early.Outcome, error) {
	if send.Running() { // the commit may complete the object at the provider
		if err := j.beginSending(ctx); err != nil {
			return early.Outcome{}, err
		}
	}
	o := send.Commit(ctx, j.row.SHA256)
	return o, o.Err
}

func (j *job) beginSending(ctx context.Context) error {
	return recordFault(j.config.Library.BeginSending(ctx, j.lease, j.upload.ID))
}
