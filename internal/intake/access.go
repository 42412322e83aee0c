package intake

import (
	"context"
	"errors"

	"mediarelay/internal/library"
)

// access is the access of one request to one upload. It is granted if the upload
// belongs to the channel of the request's token.
//
// The row is read once, under the upload's lock. A request that fails or has to wait
// before it has the lock reads the row then. So another channel's upload is always a
// 404, whatever else is wrong with the request, and its own request is never
// interrupted.
type access struct {
	uploads     Uploads
	channel, id string
	// decided says that the row was read. It may be read again, but the decision
	// stays: an upload does not change its channel.
	decided bool
	denied  error // library.ErrNotFound, or nil
	upload  library.Upload
}

// load reads the upload. Another channel's upload is library.ErrNotFound.
func (a *access) load(ctx context.Context) (library.Upload, error) {
	u, err := a.uploads.UploadByID(ctx, a.id)
	switch {
	case errors.Is(err, library.ErrNotFound), err == nil && u.Channel != a.channel:
		a.decided, a.denied = true, library.ErrNotFound
		return library.Upload{}, library.ErrNotFound
	case err != nil:
		return library.Upload{}, err
	}
	a.decided, a.upload = true, u
	return u, nil
}

// check returns library.ErrNotFound if access is denied. It reads the upload unless
// that was decided before.
func (a *access) check(ctx context.Context) error {
	if a.decided {
		return a.denied
	}
	_, err := a.load(ctx)
	return err
}

type accessKey struct{}

func withAccess(ctx context.Context, a *access) context.Context {
	return context.WithValue(ctx, accessKey{}, a)
}

func accessFrom(ctx context.Context) (*access, bool) {
	a, ok := ctx.Value(accessKey{}).(*access)
	return a, ok
}
