package database_test

import (
	"context"
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

// A SQLite file has one server, by whatever name it is opened.
func TestASQLiteFileHasOneOwner(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "m.db"), filepath.Join(dir, "link.db")
	first := opened(t, path)
	if err := first.Own(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, link} {
		err := opened(t, name).Own(t.Context(), time.Millisecond)
		if !errors.Is(err, database.ErrOwned) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: got %v, want ErrOwned and the path", name, err)
		}
	}
	if info, err := os.Stat(path + ".lock"); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the lock: %v, %v, want mode 0600", info, err)
	}
}

// An owner that ends hands the file to who waits for it.
func TestTheNextOwnerWaitsForTheEndOfTheFirst(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.db")
	first, next := opened(t, path), opened(t, path)
	if err := first.Own(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	owns := make(chan error, 1)
	go func() { owns <- next.Own(t.Context(), long) }()
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
	if err := opened(t, path).Own(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := opened(t, path).Own(ctx, long); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's end", err)
	}
}

func TestReplicasOwnAPostgresTogether(t *testing.T) {
	one, other := databasetest.Apart(t, 0)
	for _, db := range []*database.DB{one, other} {
		if err := db.Own(t.Context(), 0); err != nil {
			t.Error(err)
		}
	}
}

func opened(t *testing.T, path string) *database.DB {
	t.Helper()
	db, err := database.Open(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}
