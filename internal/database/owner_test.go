package database_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/database"
	"mediarelay/internal/database/databasetest"
)

// long is longer than any wait in these tests.
const long = 20 * time.Second

// A SQLite file has one server, whatever name it is opened by, and only that server
// changes its tables.
func TestSQLiteFileHasOneOwner(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "m.db"), filepath.Join(dir, "link.db")
	first := owned(t, path)
	if err := errors.Join(os.Symlink(path, link), first.Durable(t.Context(), forgetMigrations(t))); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, link} {
		_, err := database.OpenExclusive(t.Context(), "sqlite:"+name, time.Millisecond)
		if !errors.Is(err, database.ErrOwned) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: got %v, want ErrOwned and the path", name, err)
		}
	}
	var tables int
	err := first.Read().QueryRowContext(t.Context(), "SELECT COUNT(*) FROM sqlite_master WHERE name = 'goose_db_version'").Scan(&tables)
	if err != nil || tables != 0 {
		t.Errorf("the rejected server has migrated the file (%v)", err)
	}
	if info, err := os.Stat(path + ".lock"); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the lock: %v, %v, want mode 0600", info, err)
	}
}

// forgetMigrations makes the next migration visible.
func forgetMigrations(t *testing.T) func(*sql.Tx) error {
	return func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), "DROP TABLE goose_db_version")
		return err
	}
}

// The next owner gets the file when the first one closes it.
func TestNextOwnerWaitsForRelease(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.db")
	first := owned(t, path)
	owns := make(chan error, 1)
	go func() {
		next, err := database.OpenExclusive(t.Context(), "sqlite:"+path, long)
		if err == nil {
			err = next.Close()
		}
		owns <- err
	}()
	select {
	case err := <-owns:
		t.Fatalf("got %v while the first owner has the file, want it to wait", err)
	case <-time.After(200 * time.Millisecond):
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-owns; err != nil {
		t.Error(err)
	}
}

func TestWaitForFileCanBeCanceled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.db")
	owned(t, path)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := database.OpenExclusive(ctx, "sqlite:"+path, long); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

func TestReplicasSharePostgres(t *testing.T) {
	databasetest.EachURL(t, func(t *testing.T, url string) {
		if strings.HasPrefix(url, "sqlite:") {
			return
		}
		for range 2 {
			db, err := database.OpenExclusive(t.Context(), url, 0)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = db.Close() })
		}
	})
}

func owned(t *testing.T, path string) *database.DB {
	t.Helper()
	db, err := database.OpenExclusive(t.Context(), "sqlite:"+path, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}
