package intake

import (
	"context"
	"errors"
	"time"

	"mediarelay/internal/lease"
	"mediarelay/internal/library"
	"mediarelay/internal/reason"
	"mediarelay/internal/store"
)

// uploadByKey returns the existing upload with the key of a new one. An upload whose
// asset was deleted, or whose bytes were lost, is removed with its key, so that the file
// can be uploaded again.
func (i *Intake) uploadByKey(ctx context.Context, wanted library.Upload) (library.Upload, error) {
	u, err := i.config.Uploads.UploadByKey(ctx, wanted.Channel, wanted.Subject, wanted.ClientKey)
	if err != nil {
		return u, err
	}
	if lostBytes(u) {
		return i.releaseKey(ctx, u)
	}
	if u.State != library.StateDone {
		return u, nil
	}
	_, err = i.config.Uploads.Asset(ctx, u.Channel, u.AssetID)
	if !errors.Is(err, library.ErrNotFound) {
		return u, err
	}
	return i.releaseKey(ctx, u)
}

// lostBytes reports whether an upload failed because the store lost or changed its bytes.
func lostBytes(u library.Upload) bool {
	return u.State == library.StateFailed && u.Problem != nil && u.Problem.Reason.Code == reason.BytesGone
}

// releaseKey removes an upload, so that its key is free for another one.
func (i *Intake) releaseKey(ctx context.Context, u library.Upload) (library.Upload, error) {
	if err := i.remove(ctx, u.ID); err != nil {
		return u, err
	}
	return library.Upload{}, library.ErrNotFound
}

// resume returns the offset of an upload whose creation is repeated, and renews its
// expiry. It creates the stored file if a crash prevented that. It returns the whole
// length only after the upload is finished, since some clients send nothing more then.
func (i *Intake) resume(ctx context.Context, u library.Upload) (int64, error) {
	if u.State != library.StateUploading {
		return u.Length, nil
	}
	if err := i.config.Uploads.TouchUpload(ctx, u.ID); err != nil {
		return 0, err
	}
	i.arrived(u)
	offset, err := i.offset(ctx, u)
	if errors.Is(err, store.ErrNotFound) {
		return 0, i.config.Bytes.Create(ctx, u.ID)
	}
	if err != nil || offset < u.Length {
		return offset, err
	}
	return i.finishLocked(ctx, u.ID)
}

// finishLocked waits for the lock of a complete upload, finishes it unless the previous
// holder did, and returns its offset.
func (i *Intake) finishLocked(ctx context.Context, id string) (offset int64, err error) {
	held, err := i.acquire(ctx, leaseName(id))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, held.Release(context.WithoutCancel(ctx))) }()
	u, err := i.config.Uploads.UploadByID(ctx, id)
	if err != nil {
		return 0, err
	}
	offset, err = i.offset(ctx, u)
	if err == nil && u.State == library.StateUploading && offset == u.Length {
		err = i.finish(ctx, u)
	}
	return offset, err
}

// acquire waits for a lease without requesting its release.
func (i *Intake) acquire(ctx context.Context, name string) (*lease.Lease, error) {
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	for {
		released := i.config.Leases.Released()
		held, err := i.config.Leases.Acquire(ctx, name)
		if !errors.Is(err, lease.ErrHeld) {
			return held, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-released:
		case <-time.After(lockPoll):
		}
	}
}
