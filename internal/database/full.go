package database

import (
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// ErrFull: the disk is full. Writes work again once there is space.
var ErrFull = errors.New("database: no space left")

// diskFull is the Postgres error code disk_full.
//
// Source: PostgreSQL 15, Appendix A, class 53.
const diskFull = "53100"

// primaryCode masks the primary result code, the lowest byte of an extended code.
//
// Source: sqlite.org/rescode.html, section 2.
const primaryCode = 0xff

// named adds ErrFull to a driver's error for a full disk.
func named(err error) error {
	var postgres *pgconn.PgError
	if sqliteCode(err) == sqlite3.SQLITE_FULL || errors.As(err, &postgres) && postgres.Code == diskFull {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}

// diskError returns an error of SQLite that is one of its file or disk, and not of the
// statement, and nil for any other.
func diskError(err error) error {
	switch sqliteCode(err) {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CANTOPEN:
		return err
	default:
		return nil
	}
}

func sqliteCode(err error) int {
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return lite.Code() & primaryCode
	}
	return sqlite3.SQLITE_OK
}
