package database

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
	"time"

	sqlite3 "modernc.org/sqlite/lib"
)

// ErrDamaged: the SQLite file has damaged pages. What they held cannot be read, and what
// is written to them may be lost: restore the file from a backup.
var ErrDamaged = errors.New("database: the SQLite file is damaged")

// checkEvery is how often the pages of a SQLite file are checked. A check reads the whole
// file, about 1 s for 1 GB in the page cache.
const checkEvery = time.Hour

// damage remembers the first damage that was found. It does not pass: only another file
// helps, and that needs a restart.
type damage struct{ found atomic.Pointer[error] }

func (d *damage) err() error {
	if found := d.found.Load(); found != nil {
		return *found
	}
	return nil
}

// note keeps an error that says that the file is damaged, and adds ErrDamaged to it. It
// returns every other error as it is.
func (d *damage) note(err error) error {
	if err == nil || err == io.EOF { //nolint:errorlint // a driver returns io.EOF itself after the last row
		return err
	}
	if isDamage(sqliteCode(err)) && !errors.Is(err, ErrDamaged) {
		err = fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if !errors.Is(err, ErrDamaged) {
		return err
	}
	if d.found.CompareAndSwap(nil, &err) {
		slog.Error("the database is damaged; the server is not ready until it is restored from a backup and restarted", "error", err)
	}
	return err
}

// isDamage reports whether a primary result code says that the file is malformed.
//
// Source: sqlite.org/rescode.html, SQLITE_CORRUPT and SQLITE_NOTADB.
func isDamage(code int) bool { return code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB }

// watchPages checks the pages of a SQLite file now and then until ctx is done.
func (d *DB) watchPages(ctx context.Context) {
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	for {
		if err := d.damage.note(d.checkPages(ctx)); err != nil && ctx.Err() == nil && !errors.Is(err, ErrDamaged) {
			slog.WarnContext(ctx, "could not check the pages of the database", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// checkPages returns ErrDamaged with the first mistake that SQLite finds in the file.
//
// Source: sqlite.org/pragma.html#pragma_quick_check: one row, "ok", or a row for each
// mistake.
func (d *DB) checkPages(ctx context.Context) error {
	var found string
	if err := d.read.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&found); err != nil {
		return err
	}
	if found != "ok" {
		return fmt.Errorf("%w: %s", ErrDamaged, found)
	}
	return nil
}
