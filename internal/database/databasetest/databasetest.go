// Package databasetest gives tests a fresh, migrated database of each engine:
// a SQLite file, and a schema of its own on a real Postgres server that the
// test binary starts once.
//
// It leaves to others what is tested: the same test function runs on both.
package databasetest

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"mediarelay/internal/database"
)

// Each runs test once on every engine. Where Postgres is not installed its run
// is skipped with the reason, or fails when MEDIARELAY_TEST_REQUIRE names
// postgres.
func Each(t *testing.T, test func(t *testing.T, db *database.DB)) {
	t.Helper()
	EachURL(t, func(t *testing.T, url string) { test(t, open(t, url)) })
}

// EachURL is Each for tests that open the database themselves.
func EachURL(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, SQLiteURL(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, PostgresURL(t)) })
}

// SQLite opens a fresh SQLite database that ends with the test.
func SQLite(t *testing.T) *database.DB {
	t.Helper()
	return open(t, SQLiteURL(t))
}

// Apart gives two replicas on one fresh Postgres database. The host of the second
// has a clock that is wrong by so much.
func Apart(t *testing.T, by time.Duration) (right, wrong *database.DB) {
	t.Helper()
	url := PostgresURL(t)
	right, wrong = open(t, url), open(t, url)
	wrong.UseWallClock(func() time.Time { return time.Now().Add(by) })
	return right, wrong
}

// SQLiteURL names a SQLite file that does not exist yet.
func SQLiteURL(t *testing.T) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "mediarelay.db")
}

func open(t *testing.T, url string) *database.DB {
	t.Helper()
	db, err := database.Open(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}
