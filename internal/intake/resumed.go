package intake

import (
	"context"
	"errors"
	"time"

	"mediarelay/internal/lease"
	"mediarelay/internal/library"
	"mediarelay/internal/store"
)

// named finds the upload that a client's key names. One whose asset was deleted
// since is forgotten with its key: the file is as new as any other.
func (i *Intake) named(ctx context.Context, channel, key string) (library.Upload, error) {
	u, err := i.config.Uploads.UploadByKey(ctx, channel, key)
	if err != nil || u.State != library.StateDone {
		return u, err
	}
	_, err = i.config.Uploads.Asset(ctx, channel, u.AssetID)
	if !errors.Is(err, library.ErrNotFound) {
		return u, err
	}
	if err := i.forget(ctx, u.ID); err != nil {
		return u, err
	}
	return library.Upload{}, library.ErrNotFound
}

// resumed is the offset of an upload whose creation is repeated, which is a sign
// of life. Bytes that were never made are made now. All of them are only claimed
// once the upload is finished: some clients ask no more then.
func (i *Intake) resumed(ctx context.Context, u library.Upload) (int64, error) {
	if u.State != library.StateUploading {
		return u.Length, nil
	}
	if err := i.config.Uploads.TouchUpload(ctx, u.ID); err != nil {
		return 0, err
	}
	offset, err := i.offset(ctx, u)
	if errors.Is(err, store.ErrNotFound) {
		return 0, i.config.Bytes.Create(ctx, u.ID)
	}
	if err != nil || offset < u.Length {
		return offset, err
	}
	return i.finished(ctx, u.ID)
}

// finished finishes a whole upload, or waits until who holds it has done so, and
// returns its offset.
func (i *Intake) finished(ctx context.Context, id string) (offset int64, err error) {
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

// acquire waits for a lease without asking its holder to let go.
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
		case <-time.After(pollOther):
		}
	}
}
