package database

import (
	"context"
	"database/sql"
	"hash/fnv"
)

// LockName makes transactions with the same name wait for each other until they end, so
// that one of them can count rows and add one. On SQLite all transactions do.
//
// Source: PostgreSQL 15, section 13.3.5: advisory locks, released at the end of the
// transaction. Two names with the same hash only wait for each other needlessly.
func (d *DB) LockName(ctx context.Context, tx *sql.Tx, name string) error {
	if !d.shared {
		return nil
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))                                                        // never fails: see hash.Hash
	_, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock($1)", int64(h.Sum64())) //nolint:gosec // any 64 bits name a lock
	return err
}
