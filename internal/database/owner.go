package database

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/gofrs/flock"
)

// ErrOwned: another server uses the SQLite file.
var ErrOwned = errors.New("database: another mediarelay uses this SQLite file")

// lockPoll is the interval between attempts to lock: flock(2) cannot notify of a
// release, and blocks without a timeout.
const lockPoll = 50 * time.Millisecond

// own makes this process the owner of a SQLite file. It locks a separate file, because
// closing the SQLite file anywhere in a process drops SQLite's own locks on it. The
// kernel releases the lock when the process ends, however it ends. The lock file is
// never removed: a process that did so could remove the next owner's.
func (d *DB) own(ctx context.Context, within time.Duration) error {
	if d.shared {
		return nil
	}
	path, err := filepath.EvalSymlinks(d.path) // one lock for every name of the file
	if err != nil {
		return fmt.Errorf("find the SQLite file: %w", err)
	}
	lock := flock.New(path+".lock", flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o600))
	taken, err := lock.TryLock()
	if err == nil && !taken {
		slog.InfoContext(ctx, "waiting for another mediarelay to release the SQLite file", "file", path, "at_most", within.String())
		taken, err = awaitLock(ctx, lock, within)
	}
	switch {
	case hasNoLocks(err):
		slog.WarnContext(ctx, "the file system of the SQLite file has no locks: nothing prevents a second mediarelay from using it", "file", path, "error", err)
		return nil
	case err != nil:
		return fmt.Errorf("lock the SQLite file: %w", err)
	case !taken:
		return fmt.Errorf("%w: %s. Stop the other server, or use Postgres for several replicas", ErrOwned, path)
	}
	d.owner = lock
	return nil
}

// awaitLock returns false if another process still has the lock after the time within,
// and an error if ctx ended before.
func awaitLock(ctx context.Context, lock *flock.Flock, within time.Duration) (taken bool, err error) {
	waiting, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	taken, err = lock.TryLockContext(waiting, lockPoll)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return false, nil
	}
	return taken, err
}

// hasNoLocks reports whether an error means that the file system does not support
// locks, which is true of some network file systems.
func hasNoLocks(err error) bool {
	return errors.Is(err, syscall.ENOLCK) || errors.Is(err, syscall.ENOSYS) || errors.Is(err, syscall.EOPNOTSUPP)
}
