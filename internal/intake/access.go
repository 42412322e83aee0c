package intake

import (
	"context"
	"errors"
	"net/http"

	"mediarelay/internal/auth"
	"mediarelay/internal/library"
	"mediarelay/internal/problem"
)

// access is the access of one request to one upload. It is granted if the upload
// belongs to the channel and the subject of the request's token, and the token's limits
// allow what the request does.
//
// The row is read once, under the upload's lock. A request that fails or has to wait
// before it has the lock reads the row then. So a stranger's upload is always a 404,
// whatever else is wrong with the request, and its own request is never interrupted.
type access struct {
	uploads Uploads
	caller  library.Caller
	id      string
	// limits returns the problem of an upload that the token does not allow; nil if the
	// request stores no bytes.
	limits func(library.Upload) error
	// decided says that the row was read. It may be read again, but the decision
	// stays: what it depends on never changes.
	decided bool
	denied  error // library.ErrNotFound, a problem, or nil
	upload  library.Upload
}

// newAccess returns the access of a request to the upload with an ID.
func newAccess(uploads Uploads, r *http.Request, id string) (*access, error) {
	claims, err := claimsOf(r)
	if err != nil {
		return nil, err
	}
	a := &access{uploads: uploads, caller: callerOf(claims), id: id}
	if r.Method == http.MethodPatch {
		a.limits = func(u library.Upload) error { return checkLimits(u, claims) }
	}
	return a, nil
}

func callerOf(claims auth.Claims) library.Caller {
	return library.Caller{Channel: claims.Channel, Subject: claims.Subject, AnySubject: claims.Allows(auth.ScopeUploadsAny)}
}

// load reads the upload. A stranger's upload is library.ErrNotFound, and one that
// exceeds the token's limits a problem.
func (a *access) load(ctx context.Context) (library.Upload, error) {
	u, err := a.uploads.UploadByID(ctx, a.id)
	switch {
	case errors.Is(err, library.ErrNotFound), err == nil && !a.caller.MayUse(u):
		a.decided, a.denied = true, library.ErrNotFound
		return library.Upload{}, library.ErrNotFound
	case err != nil:
		return library.Upload{}, err
	}
	a.decided, a.upload = true, u
	if a.limits != nil {
		a.denied = a.limits(u)
	}
	return u, a.denied
}

// check returns the reason why access is denied: library.ErrNotFound or a problem. It
// reads the upload unless that was decided before.
func (a *access) check(ctx context.Context) error {
	if a.decided {
		return a.denied
	}
	_, err := a.load(ctx)
	return err
}

// isProblem reports whether an error is a problem for the client.
func isProblem(err error) bool {
	var p problem.Problem
	return errors.As(err, &p)
}

type accessKey struct{}

func withAccess(ctx context.Context, a *access) context.Context {
	return context.WithValue(ctx, accessKey{}, a)
}

func accessFrom(ctx context.Context) (*access, bool) {
	a, ok := ctx.Value(accessKey{}).(*access)
	return a, ok
}
