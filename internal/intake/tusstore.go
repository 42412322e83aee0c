package intake

import (
	"context"
	"errors"
	"io"
	"log/slog"

	"github.com/tus/tusd/v2/pkg/handler"

	"mediarelay/internal/library"
	"mediarelay/internal/store"
	"mediarelay/internal/tusproto"
)

// tusStore is the library and the bytes as tusd sees them.
type tusStore struct{ intake *Intake }

var (
	_ handler.DataStore           = tusStore{}
	_ handler.TerminaterDataStore = tusStore{}
)

// NewUpload makes the row before the bytes: what a crash leaves in between is
// mended when the client repeats its creation.
func (s tusStore) NewUpload(ctx context.Context, _ handler.FileInfo) (handler.Upload, error) {
	u, err := creationFrom(ctx)
	if err != nil {
		return nil, s.passing(ctx, "create", u.ID, err)
	}
	if err := s.intake.config.Uploads.CreateUpload(ctx, u); err != nil {
		return nil, s.passing(ctx, "create", u.ID, err)
	}
	if err := s.intake.config.Bytes.Create(ctx, u.ID); err != nil {
		return nil, s.passing(ctx, "create", u.ID, err)
	}
	s.intake.arrived(u.ID)
	u.State = library.StateUploading
	return &tusUpload{store: s, row: u}, nil
}

// GetUpload finishes an upload whose last byte is here and whose finish failed:
// a client that sees its length must be able to rely on it.
func (s tusStore) GetUpload(ctx context.Context, id string) (handler.Upload, error) {
	u, err := s.intake.config.Uploads.UploadByID(ctx, id)
	if err != nil {
		return nil, s.passing(ctx, "read", id, err)
	}
	offset, err := s.intake.offset(ctx, u)
	if err != nil {
		return nil, s.passing(ctx, "read", id, err)
	}
	if u.State == library.StateUploading && offset == u.Length {
		if err := s.intake.finish(ctx, u); err != nil {
			return nil, s.passing(ctx, "finish", id, err)
		}
	}
	return &tusUpload{store: s, row: u, offset: offset}, nil
}

func (s tusStore) AsTerminatableUpload(u handler.Upload) handler.TerminatableUpload {
	return u.(*tusUpload) // every upload of this store is one
}

// passing turns an error into one that tusd sends and answer translates. What
// went wrong goes to the log; the client hears whether it passes.
func (s tusStore) passing(ctx context.Context, act, id string, err error) error {
	switch {
	case errors.Is(err, library.ErrNotFound), errors.Is(err, store.ErrNotFound):
		return handler.ErrNotFound
	case errors.Is(err, library.ErrKeyTaken):
		return errKeyTaken
	case errors.Is(err, library.ErrState):
		return errBusy
	case errors.Is(err, errDamaged):
		slog.WarnContext(ctx, "a chunk arrived damaged", "upload", id)
		return errChecksum
	case errors.Is(err, errBeyond):
		return handler.ErrSizeExceeded
	case errors.Is(err, store.ErrOffset):
		return handler.ErrMismatchOffset
	case errors.Is(err, store.ErrFull), errors.Is(err, library.ErrFull):
		logFailure(ctx, act, id, err)
		return errStorageFull
	default:
		logFailure(ctx, act, id, err)
		return errUnavailable
	}
}

type tusUpload struct {
	store  tusStore
	row    library.Upload
	offset int64
}

func (u *tusUpload) GetInfo(context.Context) (handler.FileInfo, error) {
	meta := handler.MetaData{}
	pairs, err := tusproto.DecodeMetadata(u.row.Metadata)
	for _, p := range pairs {
		meta[p.Key] = p.Value
	}
	return handler.FileInfo{ID: u.row.ID, Size: u.row.Length, Offset: u.offset, MetaData: meta}, err
}

func (u *tusUpload) WriteChunk(ctx context.Context, offset int64, src io.Reader) (int64, error) {
	i := u.store.intake
	running := i.digests.at(u.row.ID, offset)
	n, err := u.append(ctx, offset, io.TeeReader(src, running))
	i.digests.advance(u.row.ID, running, offset+n)
	u.offset = offset + n
	if n > 0 {
		u.touch(ctx)
		i.arrived(u.row.ID)
	}
	if err != nil {
		return n, u.store.passing(ctx, "write", u.row.ID, err)
	}
	return n, nil
}

// append stores a chunk; one that came with a checksum counts only when it is good.
func (u *tusUpload) append(ctx context.Context, offset int64, src io.Reader) (int64, error) {
	store := u.store.intake.config.Bytes
	if body, ok := checkedBodyFrom(ctx); ok {
		return store.AppendChecked(ctx, u.row.ID, offset, src, body.check)
	}
	return store.Append(ctx, u.row.ID, offset, src)
}

func (u *tusUpload) FinishUpload(ctx context.Context) error {
	if err := u.store.intake.finish(ctx, u.row); err != nil {
		return u.store.passing(ctx, "finish", u.row.ID, err)
	}
	return nil
}

// GetReader is part of tusd's interface; downloads are off, so no one calls it.
func (u *tusUpload) GetReader(ctx context.Context) (io.ReadCloser, error) {
	return u.store.intake.config.Bytes.Open(ctx, u.row.ID)
}

// touch puts the upload's expiry off. The bytes are stored, so a failure is no
// reason to refuse them: the upload only expires earlier.
func (u *tusUpload) touch(ctx context.Context) {
	if err := u.store.intake.config.Uploads.TouchUpload(ctx, u.row.ID); err != nil {
		logFailure(ctx, "touch", u.row.ID, err)
	}
}

// Terminate refuses while the file is on its way to the provider: the relay
// reads the bytes.
func (u *tusUpload) Terminate(ctx context.Context) error {
	if err := u.store.intake.forget(ctx, u.row.ID); err != nil {
		return u.store.passing(ctx, "terminate", u.row.ID, err)
	}
	return nil
}
