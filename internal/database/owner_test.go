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

// long is more than any wait of these tests, whose ends are awaited.
const long = 20 * time.Second

// A SQLite file has one server, by whatever name it is opened, and nobody else
// changes its tables.
func TestASQLiteFileHasOneOwner(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "m.db"), filepath.Join(dir, "link.db")
	first := owned(t, path)
	if err := errors.Join(os.Symlink(path, link), first.Durable(t.Context(), forgetMigrations(t))); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, link} {
		_, err := database.OpenAlone(t.Context(), "sqlite:"+name, time.Millisecond)
		if !errors.Is(err, database.ErrOwned) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: got %v, want ErrOwned and the path", name, err)
		}
	}
	var tables int
	err := first.Read().QueryRowContext(t.Context(), "SELECT COUNT(*) FROM sqlite_master WHERE name = 'goose_db_version'").Scan(&tables)
	if err != nil || tables != 0 {
		t.Errorf("who was refused has migrated the file (%v)", err)
	}
	if info, err := os.Stat(path + ".lock"); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the lock: %v, %v, want mode 0600", info, err)
	}
}

// forgetMigrations makes the next one who migrates leave a trace.
func forgetMigrations(t *testing.T) func(*sql.Tx) error {
	return func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), "DROP TABLE goose_db_version")
		return err
	}
}

// An owner that ends hands the file to who waits for it.
func TestTheNextOwnerWaitsForTheEndOfTheFirst(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.db")
	first := owned(t, path)
	owns := make(chan error, 1)
	go func() {
		next, err := database.OpenAlone(t.Context(), "sqlite:"+path, long)
		if err == nil {
			err = next.Close()
		}
		owns <- err
	}()
	select {
	case err := <-owns:
		t.Fatalf("got %v while the first has the file, want a wait", err)
	case <-time.After(200 * time.Millisecond):
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-owns; err != nil {
		t.Error(err)
	}
}

func TestAWaitForTheFileCanEnd(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.db")
	owned(t, path)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := database.OpenAlone(ctx, "sqlite:"+path, long); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's end", err)
	}
}

func TestReplicasOwnAPostgresTogether(t *testing.T) {
	databasetest.EachURL(t, func(t *testing.T, url string) {
		if strings.HasPrefix(url, "sqlite:") {
			return
		}
		for range 2 {
			db, err := database.OpenAlone(t.Context(), url, 0)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = db.Close() })
		}
	})
}

func owned(t *testing.T, path string) *database.DB {
	t.Helper()
	db, err := database.OpenAlone(t.Context(), "sqlite:"+path, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}
