package database_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"
)

// The log of a server's file is filled in advance. What was committed to it is there after
// a crash, and the next server fills what is left of it.
func TestTheLogIsFilledInAdvance(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	db := owned(t, path)
	run := func(statement string) {
		t.Helper()
		err := db.Durable(t.Context(), func(tx *sql.Tx) error {
			_, err := tx.ExecContext(context.Background(), statement)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	run("CREATE TABLE kept (n INTEGER)")
	run("INSERT INTO kept VALUES (7)")

	crashed := filepath.Join(t.TempDir(), "a.db")
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if suffix == "-wal" && len(content) < 5<<20 {
			t.Errorf("the log has %d bytes, want 5 MiB or more", len(content))
		}
		if err := os.WriteFile(crashed+suffix, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var n int
	if err := owned(t, crashed).Read().QueryRowContext(t.Context(), "SELECT n FROM kept").Scan(&n); err != nil || n != 7 {
		t.Errorf("%d, %v after a crash, want 7", n, err)
	}
}
