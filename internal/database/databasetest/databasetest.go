// Package databasetest gives tests a fresh, migrated database of each engine: a SQLite
// file, and a separate schema on a real Postgres server that the test binary starts
// once.
//
// It leaves to others what is tested: the same test function runs on both engines.
package databasetest

import (
	"context"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"mediarelay/internal/database"
)

// Each runs test once on every engine. If Postgres is not installed, its run is
// skipped, or fails if MEDIARELAY_TEST_REQUIRE lists postgres.
func Each(t *testing.T, test func(t *testing.T, db *database.DB)) {
	t.Helper()
	EachURL(t, func(t *testing.T, url string) { test(t, open(t, url)) })
}

// EachURL is Each for tests that open the database themselves.
func EachURL(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, sqliteURL(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, PostgresURL(t)) })
}

// SQLite opens a fresh SQLite database that is closed after the test.
func SQLite(t *testing.T) *database.DB {
	t.Helper()
	return open(t, sqliteURL(t))
}

// Apart opens one fresh Postgres database twice. The clock of the second one's host is
// off by the given time.
func Apart(t *testing.T, by time.Duration) (right, wrong *database.DB) {
	t.Helper()
	url, began := PostgresURL(t), time.Now()
	return open(t, url), open(t, url, database.WithHostClock(
		func() time.Time { return time.Now().Add(by) }, func() time.Duration { return time.Since(began) }))
}

// EachMoved is Each for tests that advance the database's clock. It does not affect
// the test's own clock.
func EachMoved(t *testing.T, test func(t *testing.T, db *database.DB, move func(time.Duration))) {
	t.Helper()
	EachURL(t, func(t *testing.T, url string) {
		c := &moved{began: time.Now()}
		test(t, open(t, url, database.WithHostClock(c.wall, c.steady)), func(by time.Duration) { c.by.Add(int64(by)) })
	})
}

// moved is a pair of host clocks that run ahead of real time.
type moved struct {
	began time.Time
	by    atomic.Int64
}

func (c *moved) wall() time.Time       { return c.began.Add(c.steady()) }
func (c *moved) steady() time.Duration { return time.Since(c.began) + time.Duration(c.by.Load()) }

// sqliteURL returns the URL of a SQLite file that does not exist yet.
func sqliteURL(t *testing.T) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "mediarelay.db")
}

func open(t *testing.T, url string, options ...database.Option) *database.DB {
	t.Helper()
	db, err := database.Open(context.Background(), url, options...)
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
