package relay

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/cenkalti/backoff/v5"

	"mediarelay/internal/lease"
	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/relay/early"
	"mediarelay/internal/relay/verified"
)

// getCopies gets the copies that the purposes need and the library does not have, and
// returns the content's ID.
func (j *job) getCopies(ctx context.Context) (contentID string, err error) {
	for _, want := range media.Copies(j.upload.Purposes) {
		contentID, err = j.getCopy(ctx, want)
		if err != nil {
			return "", err
		}
	}
	return contentID, nil
}

func (j *job) getCopy(ctx context.Context, want media.Copy) (contentID string, err error) {
	content, err := j.config.Library.ContentByDigest(ctx, j.row.Channel, j.row.SHA256)
	if err != nil && !errors.Is(err, library.ErrNotFound) {
		return "", recordFault(err)
	}
	if c, ok := content.Reusable(want, j.now()); ok {
		j.copies = append(j.copies, c)
		return content.ID, nil
	}
	send := j.sendMedia
	if want == media.CopyHandle {
		send = j.sendHandle
	}
	got, err := send(ctx)
	if err != nil {
		return "", err
	}
	j.sent = true
	j.copies = append(j.copies, got.Copy)
	contentID, err = j.recordCopy(ctx, got.Copy)
	j.recordSuccess(ctx, got.began)
	return contentID, err
}

// verifyUnsent verifies the stored bytes if no provider got them: the copies of another
// upload of the same file are reused. The content refers to the bytes of the upload that
// completes last, so damaged ones must not complete.
func (j *job) verifyUnsent() error {
	if j.sent {
		return nil
	}
	return j.verifyStored()
}

// verifyStored returns verified.ErrDamaged unless the stored bytes have the digest that
// was recorded when the upload finished.
func (j *job) verifyStored() error {
	body, err := j.readFrom(0)
	if err == nil {
		_, err = io.Copy(io.Discard, body)
	}
	if err != nil {
		return &verified.StoreError{Err: err}
	}
	return nil
}

// received is a copy that the provider gave, and when its request began.
type received struct {
	library.Copy
	began time.Time
}

// recordCopy records what the provider gave. The provider returns a value only once, so a stop or a database
// that does not answer for a moment must not lose it. The lease decides whether it may
// still be recorded.
func (j *job) recordCopy(ctx context.Context, c library.Copy) (contentID string, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lease.TimeToLive)
	defer cancel()
	contentID, err = backoff.Retry(ctx, func() (string, error) {
		id, err := j.config.Library.RecordCopy(ctx, j.lease, j.storedContent(), c)
		if errors.Is(err, lease.ErrLost) {
			return "", backoff.Permanent(err)
		}
		return id, err
	})
	if err != nil {
		j.logOrphan(ctx, c, err)
	}
	return contentID, recordFault(err)
}

// takeEarly gives the early send of a copy, if it sends the file that was checked.
func (j *job) takeEarly(want media.Copy) *early.Send {
	return j.claim.Take(early.File{Copy: want, Content: j.content, Type: j.object().Type, Provider: j.provider})
}

func (j *job) object() media.Object {
	return media.Object{
		Filename: j.upload.Filename, Type: j.upload.Verdict.Type, Kind: j.upload.Verdict.Kind,
		Size: j.content.Size, SHA256: j.row.SHA256,
	}
}

func (j *job) storedContent() library.Content {
	o := j.object()
	return library.Content{
		ID: library.NewID(), Channel: j.row.Channel, SHA256: o.SHA256, Type: o.Type, Kind: o.Kind, Size: o.Size, UploadID: j.upload.ID,
	}
}

// readFrom reads the stored bytes from an offset to the end.
func (j *job) readFrom(offset int64) (*verified.Reader, error) {
	r := verified.NewReader(j.content, j.content.Size)
	r.Digest = j.row.SHA256
	if err := r.SkipTo(offset); err != nil {
		return nil, &verified.StoreError{Err: err}
	}
	return r, nil
}
