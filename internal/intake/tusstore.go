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

// tusStore implements tusd's store on the library and the stored bytes.
type tusStore struct{ intake *Intake }

var (
	_ handler.DataStore           = tusStore{}
	_ handler.TerminaterDataStore = tusStore{}
)

// NewUpload creates the row before the file. If a crash comes in between, a repeated
// creation creates the file.
func (s tusStore) NewUpload(ctx context.Context, _ handler.FileInfo) (handler.Upload, error) {
	u, err := creationFrom(ctx)
	if err != nil {
		return nil, s.toTus(ctx, "create", u.ID, err)
	}
	if err := s.intake.checkFree(ctx); err != nil {
		return nil, s.toTus(ctx, "create", u.ID, err)
	}
	if err := s.intake.config.Uploads.CreateUpload(ctx, u); err != nil {
		return nil, s.toTus(ctx, "create", u.ID, err)
	}
	if err := s.intake.config.Bytes.Create(ctx, u.ID); err != nil {
		return nil, s.toTus(ctx, "create", u.ID, err)
	}
	s.intake.arrived(u)
	u.State, u.TouchedAt = library.StateUploading, s.intake.now()
	return &tusUpload{store: s, row: u}, nil
}

// GetUpload finishes a complete upload whose finish failed: a client must be able to
// rely on an offset that equals the length.
func (s tusStore) GetUpload(ctx context.Context, id string) (handler.Upload, error) {
	u, err := s.load(ctx)
	if err != nil {
		return nil, s.toTus(ctx, "read", id, err)
	}
	offset, err := s.intake.offset(ctx, u)
	if err != nil {
		return nil, s.toTus(ctx, "read", id, err)
	}
	if u.State == library.StateUploading && offset == u.Length {
		if err := s.intake.finish(ctx, u); err != nil {
			return nil, s.toTus(ctx, "finish", id, err)
		}
	}
	return &tusUpload{store: s, row: u, offset: offset}, nil
}

func (s tusStore) load(ctx context.Context) (library.Upload, error) {
	a, ok := accessFrom(ctx)
	if !ok {
		return library.Upload{}, errors.New("intake: internal error: a request for an upload without its access")
	}
	return a.load(ctx)
}

func (s tusStore) AsTerminatableUpload(u handler.Upload) handler.TerminatableUpload {
	return u.(*tusUpload) // every upload of this store is one
}

// toTus returns the error for tusd, which response translates to a problem. Errors of
// the server are logged; the client only learns whether to retry.
func (s tusStore) toTus(ctx context.Context, act, id string, err error) error {
	var quota *library.QuotaError
	switch {
	case errors.Is(err, library.ErrNotFound), errors.Is(err, store.ErrNotFound):
		return handler.ErrNotFound
	case isProblem(err):
		return errForbidden
	case errors.As(err, &quota):
		return quotaError(quota)
	case errors.Is(err, library.ErrKeyTaken):
		return errKeyTaken
	case errors.Is(err, library.ErrState):
		return errBusy
	case errors.Is(err, errDamaged):
		slog.WarnContext(ctx, "chunk damaged", "upload", id)
		return errChecksum
	case errors.Is(err, errBeyond):
		return handler.ErrSizeExceeded
	case errors.Is(err, store.ErrOffset):
		return handler.ErrMismatchOffset
	case errors.Is(err, store.ErrFull), errors.Is(err, library.ErrFull):
		logFailure(ctx, act, id, err)
		return errStorageFull
	case errors.Is(err, store.ErrAway):
		logFailure(ctx, act, id, err)
		return errStoreAway
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
		u.recordActivity(ctx)
		i.arrived(u.row)
	}
	if err != nil {
		return n, u.store.toTus(ctx, "write", u.row.ID, err)
	}
	return n, nil
}

// append stores a chunk. A chunk with a checksum is discarded if it does not match.
func (u *tusUpload) append(ctx context.Context, offset int64, src io.Reader) (int64, error) {
	store := u.store.intake.config.Bytes
	if body, ok := checkedBodyFrom(ctx); ok {
		return store.AppendChecked(ctx, u.row.ID, offset, src, body.check)
	}
	return store.Append(ctx, u.row.ID, offset, src)
}

func (u *tusUpload) FinishUpload(ctx context.Context) error {
	if err := u.store.intake.finish(ctx, u.row); err != nil {
		u.touch(ctx)
		return u.store.toTus(ctx, "finish", u.row.ID, err)
	}
	return nil
}

// GetReader is required by tusd's interface. Downloads are disabled, so it is not
// called.
func (u *tusUpload) GetReader(ctx context.Context) (io.ReadCloser, error) {
	return u.store.intake.config.Bytes.Open(ctx, u.row.ID)
}

// recordActivity renews the upload's expiry. After the last byte the finish does that; if
// it never comes, the reconciler finishes the upload.
func (u *tusUpload) recordActivity(ctx context.Context) {
	if u.offset == u.row.Length {
		u.store.intake.unfinished.add(u.row.ID)
		return
	}
	u.touch(ctx)
}

// touch renews the upload's expiry. The bytes are stored already, so if it fails the
// upload only expires earlier.
func (u *tusUpload) touch(ctx context.Context) {
	if err := u.store.intake.touch(ctx, u.row); err != nil {
		logFailure(ctx, "touch", u.row.ID, err)
	}
}

// Terminate fails while the relay reads the bytes.
func (u *tusUpload) Terminate(ctx context.Context) error {
	if err := u.store.intake.remove(ctx, u.row.ID); err != nil {
		return u.store.toTus(ctx, "terminate", u.row.ID, err)
	}
	return nil
}
