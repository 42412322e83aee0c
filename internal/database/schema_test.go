package database_test

import (
	"database/sql"
	"errors"
	"strings"
	"testing"

	"mediarelay/internal/database"
	"mediarelay/internal/database/databasetest"
)

// A program opens a database whose schema it knows, and no other.
func TestUnknownSchemaIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change string
		want   error
		says   []string
	}{
		"newer": {
			"INSERT INTO goose_db_version (version_id, is_applied) VALUES (9001, TRUE)", database.ErrNewer,
			[]string{"version 9001", "up to", "backup", "docs/operations.md"},
		},
		"with a gap": {
			"DELETE FROM goose_db_version WHERE version_id = 2", database.ErrMixed, []string{"[1 3", "[1 2 3"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			databasetest.EachURL(t, func(t *testing.T, url string) {
				change(t, url, c.change)
				if _, err := database.Inspect(t.Context(), url); !errors.Is(err, c.want) {
					t.Errorf("an inspection: got %v, want %v", err, c.want)
				}
				db, err := database.Open(t.Context(), url)
				if err == nil {
					_ = db.Close()
					t.Fatal("it opened")
				}
				if !errors.Is(err, c.want) {
					t.Errorf("got %v, want %v", err, c.want)
				}
				for _, part := range c.says {
					if !strings.Contains(err.Error(), part) {
						t.Errorf("%q lacks %q", err, part)
					}
				}
			})
		})
	}
}

// A start that was killed between two migrations is continued by the next one.
func TestHalfMigratedSchemaIsResumed(t *testing.T) {
	databasetest.EachURL(t, func(t *testing.T, url string) {
		at(t, url, 2)
		var rows int
		if err := opened(t, url).Read().QueryRowContext(t.Context(), "SELECT COUNT(*) FROM store").Scan(&rows); err != nil || rows != 1 {
			t.Errorf("got %d rows, %v, want the migrated table", rows, err)
		}
	})
}

// change opens a database, runs statements and closes it.
func change(t *testing.T, url string, statements ...string) {
	t.Helper()
	db, err := database.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Durable(t.Context(), func(tx *sql.Tx) error {
		for _, statement := range statements {
			if _, err := tx.ExecContext(t.Context(), statement); err != nil {
				return err
			}
		}
		return nil
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}
