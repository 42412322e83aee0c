package intake

import (
	"context"
	"errors"
	"time"

	"github.com/tus/tusd/v2/pkg/handler"

	"mediarelay/internal/lease"
	"mediarelay/internal/library"
)

// pollOther is how often a lock that another process holds is tried again. In
// this process a release is heard at once.
const pollOther = 50 * time.Millisecond

// locker gives tusd's locks as leases, so that any replica may take any request
// and a half-open connection never keeps its upload from the next one.
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

// Lock waits until ctx is done, while it asks the holder to let go. requestRelease
// is called when somebody asks us.
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
			return notLocked(err)
		}
		if err := mayInterrupt(ctx); err != nil {
			return err
		}
		if err := l.leases.Want(ctx, l.name); err != nil && ctx.Err() == nil {
			logFailure(ctx, "ask the holder", l.name, err)
			return notLocked(err)
		}
		select {
		case <-ctx.Done():
			return handler.ErrLockTimeout
		case <-released:
		case <-time.After(pollOther):
		}
	}
}

// mayInterrupt rejects a request for another channel's upload, which must not end
// the request that holds the lock.
func mayInterrupt(ctx context.Context) error {
	a, ok := accessFrom(ctx)
	if !ok {
		return nil // a creation, which locks the upload that it makes
	}
	err := a.check(ctx)
	switch {
	case errors.Is(err, library.ErrNotFound):
		return handler.ErrNotFound
	case err != nil && ctx.Err() != nil:
		return handler.ErrLockTimeout
	case err != nil:
		logFailure(ctx, "read", a.id, err)
		return errUnavailable
	}
	return nil
}

// notLocked is what a client hears of a lock that could not be asked for.
func notLocked(err error) error {
	if errors.Is(err, library.ErrFull) {
		return errStorageFull
	}
	return errUnavailable
}

func (l *lock) listen(requestRelease func()) {
	select {
	case <-l.lease.Wanted():
	case <-l.lease.Lost():
	case <-l.unlocked:
		return
	}
	requestRelease()
}

// Unlock gives the lease back even when the request is over.
func (l *lock) Unlock() error {
	close(l.unlocked)
	ctx, cancel := context.WithTimeout(context.Background(), lockWait)
	defer cancel()
	err := l.lease.Release(ctx)
	if err != nil {
		logFailure(ctx, "unlock", l.name, err) // tusd's own log is not kept
	}
	return err
}
