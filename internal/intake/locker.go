package intake

import (
	"context"
	"errors"
	"time"

	"github.com/tus/tusd/v2/pkg/handler"

	"mediarelay/internal/lease"
	"mediarelay/internal/library"
)

// lockPoll is how often a lock is tried that another process holds. A release in this
// process is notified at once.
const lockPoll = 50 * time.Millisecond

// locker implements tusd's locks by leases, so that any replica can serve any request,
// and a half-open connection does not block the next request for its upload.
type locker struct{ leases Leases }

func (l locker) NewLock(id string) (handler.Lock, error) {
	return &lock{leases: l.leases, name: leaseName(id), unlocked: make(chan struct{})}, nil
}

func leaseName(uploadID string) string { return "upload/" + uploadID }

type lock struct {
	leases   Leases
	name     string
	lease    *lease.Lease
	unlocked chan struct{}
}

// Lock requests the release of the lock and waits for it until ctx is done. It calls
// requestRelease when another request wants the lock.
func (l *lock) Lock(ctx context.Context, requestRelease func()) error {
	for {
		released := l.leases.Released()
		held, err := l.leases.Acquire(ctx, l.name)
		if err == nil {
			l.lease = held
			go l.listen(requestRelease)
			return nil
		}
		if ctx.Err() != nil {
			return handler.ErrLockTimeout
		}
		if !errors.Is(err, lease.ErrHeld) {
			logFailure(ctx, "lock", l.name, err)
			return lockError(err)
		}
		if err := mayInterrupt(ctx); err != nil {
			return err
		}
		if err := l.leases.RequestRelease(ctx, l.name); err != nil && ctx.Err() == nil {
			logFailure(ctx, "request release", l.name, err)
			return lockError(err)
		}
		select {
		case <-ctx.Done():
			return handler.ErrLockTimeout
		case <-released:
		case <-time.After(lockPoll):
		}
	}
}

// mayInterrupt rejects a request without access to the upload: it must not end the
// request that holds the lock.
func mayInterrupt(ctx context.Context) error {
	a, ok := accessFrom(ctx)
	if !ok {
		return nil // a creation, which locks the upload that it makes
	}
	err := a.check(ctx)
	switch {
	case errors.Is(err, library.ErrNotFound):
		return handler.ErrNotFound
	case isProblem(err):
		return errForbidden
	case err != nil && ctx.Err() != nil:
		return handler.ErrLockTimeout
	case err != nil:
		logFailure(ctx, "read", a.id, err)
		return errUnavailable
	}
	return nil
}

// lockError is the error for a client if the lock could not be tried.
func lockError(err error) error {
	if errors.Is(err, library.ErrFull) {
		return errStorageFull
	}
	return errUnavailable
}

func (l *lock) listen(requestRelease func()) {
	select {
	case <-l.lease.ReleaseRequested():
	case <-l.lease.Lost():
	case <-l.unlocked:
		return
	}
	requestRelease()
}

// Unlock releases the lease, even after the request was cancelled.
func (l *lock) Unlock() error {
	close(l.unlocked)
	ctx, cancel := context.WithTimeout(context.Background(), lockWait)
	defer cancel()
	err := l.lease.Release(ctx)
	if err != nil {
		logFailure(ctx, "unlock", l.name, err) // tusd's log is discarded
	}
	return err
}
