package database_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/database"
	"mediarelay/internal/database/databasetest"
)

// Readiness is known at once, however long the queue is.
func TestReadinessDoesNotWaitForTheQueue(t *testing.T) {
	db := databasetest.SQLite(t)
	busy, release, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- db.Durable(context.Background(), func(*sql.Tx) error { close(busy); <-release; return nil })
	}()
	<-busy
	if err := db.Ping(t.Context()); err != nil {
		t.Errorf("with a running transaction: %v", err)
	}
	began := time.Now()
	db.SetReadinessClock(func() time.Time { return began.Add(11 * time.Second) })
	if err := db.Ping(t.Context()); err == nil || !strings.Contains(err.Error(), "has been running") {
		t.Errorf("with a transaction that hangs: %v", err)
	}
	db.SetReadinessClock(time.Now)
	close(release)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if err := db.Ping(t.Context()); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// Without transactions a probe finds a file that another process has locked, and finds
// that it is free again.
func TestALockedFileIsNotReady(t *testing.T) {
	path := t.TempDir() + "/m.db"
	db, other := opened(t, "sqlite:"+path), opened(t, "sqlite:"+path)
	lock, err := other.Pool().BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	awaitReady(t, db, false)
	if err := lock.Rollback(); err != nil {
		t.Fatal(err)
	}
	awaitReady(t, db, true)
}

func awaitReady(t *testing.T, db *database.DB, want bool) {
	t.Helper()
	for deadline := time.Now().Add(long); ; <-time.After(10 * time.Millisecond) { // readiness sends no event
		err := db.Ping(t.Context())
		if (err == nil) == want {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("ready %v, %v, want %v", err == nil, err, want)
		}
	}
}
