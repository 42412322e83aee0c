package database_test

import (
	"database/sql"
	"errors"
	"testing"

	"mediarelay/internal/database"
	"mediarelay/internal/database/databasetest"
)

// The engines themselves raise their errors for a full disk.
func TestFullDatabaseIsErrFull(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		full := []string{"DO $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$"}
		if !db.Shared() {
			// SQLite raises a limit below the current size to that size.
			full = []string{"PRAGMA max_page_count = 1", "CREATE TABLE more (content TEXT)", "INSERT INTO more VALUES (hex(zeroblob(1000000)))"}
		}
		for name, write := range map[string]func(func(*sql.Tx) error) error{
			"durable": func(fn func(*sql.Tx) error) error { return db.Durable(t.Context(), fn) },
			"relaxed": func(fn func(*sql.Tx) error) error { return db.Relaxed(t.Context(), fn) },
		} {
			err := write(func(tx *sql.Tx) error {
				for _, statement := range full {
					if _, err := tx.ExecContext(t.Context(), statement); err != nil {
						return err
					}
				}
				return nil
			})
			if !errors.Is(err, database.ErrFull) {
				t.Errorf("%s: got %v, want ErrFull", name, err)
			}
			err = write(func(tx *sql.Tx) error {
				_, err := tx.ExecContext(t.Context(), "SELECT nothing")
				return err
			})
			if err == nil || errors.Is(err, database.ErrFull) {
				t.Errorf("%s: a faulty statement gives %v", name, err)
			}
		}
	})
}
