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
	var lite *sqlite.Error
	var postgres *pgconn.PgError
	full := errors.As(err, &lite) && lite.Code()&primaryCode == sqlite3.SQLITE_FULL ||
		errors.As(err, &postgres) && postgres.Code == diskFull
	if full {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}
