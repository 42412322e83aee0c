package database

import (
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// ErrFull: the database has no room left to write. It passes when somebody makes room.
var ErrFull = errors.New("database: no space left")

// diskFull is Postgres's code for it.
//
// Source: PostgreSQL 15, Appendix A, class 53.
const diskFull = "53100"

// primaryCode masks the primary result code, which is the lowest byte of each.
//
// Source: sqlite.org/rescode.html, section 2.
const primaryCode = 0xff

// named adds ErrFull to a driver's own word for it.
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
