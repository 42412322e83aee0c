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

// ErrOwned: another server has the SQLite file.
var ErrOwned = errors.New("database: another mediarelay has this SQLite file")

// lookAgain is how often a lock is asked for: the kernel tells nobody of its end.
const lookAgain = 50 * time.Millisecond

// own is what OpenAlone does first. It locks a file beside, since closing the SQLite
// file anywhere in a process drops SQLite's own locks on it. The kernel ends the lock
// with the process, however that ends. The file stays: who removed it might remove
// the next one's.
func (d *DB) own(ctx context.Context, within time.Duration) error {
	if d.shared {
		return nil
	}
	path, err := filepath.EvalSymlinks(d.path) // one lock, whatever the file is called
	if err != nil {
		return fmt.Errorf("find the SQLite file: %w", err)
	}
	lock := flock.New(path+".lock", flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o600))
	taken, err := lock.TryLock()
	if err == nil && !taken {
		slog.InfoContext(ctx, "waiting for another mediarelay to let the SQLite file go", "file", path, "at_most", within.String())
		taken, err = awaitLock(ctx, lock, within)
	}
	switch {
	case hasNoLocks(err):
		slog.WarnContext(ctx, "nothing keeps a second mediarelay from the SQLite file: its file system has no locks", "file", path, "error", err)
		return nil
	case err != nil:
		return fmt.Errorf("lock the SQLite file: %w", err)
	case !taken:
		return fmt.Errorf("%w: %s. Stop the other one, or use Postgres, which replicas share", ErrOwned, path)
	}
	d.owner = lock
	return nil
}

// awaitLock returns false where the lock is still another's after so long, and an
// error where the caller gave up before.
func awaitLock(ctx context.Context, lock *flock.Flock, within time.Duration) (taken bool, err error) {
	waiting, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	taken, err = lock.TryLockContext(waiting, lookAgain)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return false, nil
	}
	return taken, err
}

// hasNoLocks reports whether an error says that the file system knows no locks, as
// some network file systems do.
func hasNoLocks(err error) bool {
	return errors.Is(err, syscall.ENOLCK) || errors.Is(err, syscall.ENOSYS) || errors.Is(err, syscall.EOPNOTSUPP)
}
