package database_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"mediarelay/internal/database"
	"mediarelay/internal/database/databasetest"
)

func TestTransactionsCommitOrRollBack(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		for name, run := range map[string]func(context.Context, func(*sql.Tx) error) error{
			"durable": db.Durable,
			"relaxed": db.Relaxed,
		} {
			if err := run(t.Context(), insertLease(t, name)); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			cause := errors.New("refused")
			err := run(t.Context(), func(tx *sql.Tx) error {
				return errors.Join(insertLease(t, name+" rolled back")(tx), cause)
			})
			if !errors.Is(err, cause) {
				t.Errorf("%s: got %v, want the function's own error", name, err)
			}
		}
		if got := countLeases(t, db); got != 2 {
			t.Errorf("got %d rows, want the two committed ones", got)
		}
	})
}

// A relaxed transaction must never lower the level of a durable one, however it ends.
func TestDurableCommitIsAlwaysFlushed(t *testing.T) {
	db := databasetest.SQLite(t)
	for i := range 300 {
		ctx, cancel := context.WithCancel(t.Context())
		_ = db.Relaxed(ctx, func(tx *sql.Tx) error { // fails on purpose
			cancel()
			_, err := tx.ExecContext(ctx, "DELETE FROM leases")
			return err
		})
		cancel()
		err := db.Durable(t.Context(), func(tx *sql.Tx) error {
			var level int
			const full = 2 // SQLite's number for synchronous=FULL
			if err := tx.QueryRowContext(t.Context(), "PRAGMA synchronous").Scan(&level); err != nil || level != full {
				t.Fatalf("after %d cancellations synchronous is %d (%v), want %d", i, level, err, full)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestWaitingWriterCanBeCanceled(t *testing.T) {
	db := databasetest.SQLite(t)
	err := db.Durable(t.Context(), func(*sql.Tx) error {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		return db.Relaxed(ctx, func(*sql.Tx) error { return nil })
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

func TestConcurrentMigrations(t *testing.T) {
	databasetest.EachURL(t, func(t *testing.T, url string) {
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				db, err := database.Open(context.Background(), url)
				if err != nil {
					t.Error(err)
					return
				}
				t.Cleanup(func() { _ = db.Close() })
			})
		}
		group.Wait()
	})
}

// A channel that was paused for an auth failure before an update can resume with
// another key after it.
func TestMigrationMarksChannelsWithAuthFailure(t *testing.T) {
	databasetest.EachURL(t, func(t *testing.T, url string) {
		at(t, url, 2, "INSERT INTO circuits (channel, failures, cause) VALUES ('acme', 1, 'auth'), ('other', 1, 'rate')")
		var channel string
		err := opened(t, url).Read().QueryRowContext(t.Context(), "SELECT channel FROM circuits WHERE shut_out = 1").Scan(&channel)
		if err != nil || channel != "acme" {
			t.Errorf("shut out: %q, %v, want acme", channel, err)
		}
	})
}

// Uploads that were made before keys counted within a subject keep their keys.
func TestMigrationLetsEachSubjectHaveItsKey(t *testing.T) {
	databasetest.EachURL(t, func(t *testing.T, url string) {
		const insert = `INSERT INTO uploads (id, channel, subject, client_key, length, metadata, filename, declared_type, kind, kinds,
			purposes, declared_sha256, state, created_at, touched_at) VALUES ('%s', 'acme', '%s', 'k', 1, '', '', '', '', '', '', '', '', 0, 0)`
		at(t, url, 3, fmt.Sprintf(insert, "1", "ana"))
		db := opened(t, url)
		for subject, want := range map[string]bool{"bob": true, "ana": false} {
			err := db.Durable(t.Context(), func(tx *sql.Tx) error {
				_, err := tx.ExecContext(t.Context(), fmt.Sprintf(insert, "of "+subject, subject))
				return err
			})
			if (err == nil) != want {
				t.Errorf("another upload of %s with the key: %v", subject, err)
			}
		}
	})
}

// Other people's uploads of the same bytes had the asset of the first one. Each gets a name
// of its own, and the copies stay.
func TestMigrationGivesEachUploadItsOwnName(t *testing.T) {
	const upload = `INSERT INTO uploads (id, channel, subject, length, metadata, filename, declared_type, kind, kinds, purposes,
		declared_sha256, sha256, state, asset_id, created_at, touched_at) VALUES ('%s', 'acme', '%s', 1, '', '%s', '', '', '', '', '', 'digest', '%s', '%s', 5, 6)`
	databasetest.EachURL(t, func(t *testing.T, url string) {
		at(t, url, 9,
			`INSERT INTO assets (id, channel, sha256, filename, folded, type, kind, size, upload_id, created_by, created_at)
				VALUES ('a1', 'acme', 'digest', 'DRAFT.pdf', 'draft.pdf', 'application/pdf', 'document', 1, 'u2', 'alice', 5)`,
			"INSERT INTO copies (asset_id, copy, value, created_at, expires_at) VALUES ('a1', 'media_id', '104', 5, 9)",
			fmt.Sprintf(upload, "u1", "alice", "DRAFT.pdf", "done", "a1"),
			fmt.Sprintf(upload, "u2", "bob", "Prices.pdf", "done", "a1"),
			fmt.Sprintf(upload, "u3", "bob", "Prices.pdf", "done", "a1"),
			fmt.Sprintf(upload, "u4", "bob", "Prices.pdf", "failed", ""))
		db := opened(t, url)
		want := map[string]string{"u1": "a1 DRAFT.pdf draft.pdf alice 104", "u2": "u2 Prices.pdf prices.pdf bob 104", "u3": "u2 Prices.pdf prices.pdf bob 104"}
		for id, asset := range want {
			var got string
			err := db.Read().QueryRowContext(t.Context(), `SELECT assets.id || ' ' || assets.filename || ' ' || folded || ' ' || created_by || ' ' || value
				FROM uploads JOIN assets ON assets.id = uploads.asset_id JOIN copies ON copies.content_id = assets.content_id WHERE uploads.id = $1`, id).Scan(&got)
			if err != nil || got != asset {
				t.Errorf("upload %s: %q, %v, want %q", id, got, err, asset)
			}
		}
		var failed string
		err := db.Read().QueryRowContext(t.Context(), "SELECT asset_id FROM uploads WHERE id = 'u4'").Scan(&failed)
		if err != nil || failed != "" {
			t.Errorf("a failed upload has asset %q, %v", failed, err)
		}
	})
}

// at runs statements in a new database with the schema of a version.
func at(t *testing.T, url string, version int64, statements ...string) {
	t.Helper()
	if err := database.ExecAtVersion(t.Context(), url, version, statements...); err != nil {
		t.Fatal(err)
	}
}

func opened(t *testing.T, url string) *database.DB {
	t.Helper()
	db, err := database.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// A process that is suspended in a transaction must not keep its rows locked for long.
func TestIdleTransactionReleasesRows(t *testing.T) {
	db, _ := databasetest.Apart(t, 0)
	if err := db.Relaxed(t.Context(), insertLease(t, "held")); err != nil {
		t.Fatal(err)
	}
	take := func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), "UPDATE leases SET owner = 'another' WHERE name = 'held'")
		return err
	}
	err := db.Durable(t.Context(), func(tx *sql.Tx) error {
		if err := take(tx); err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		return db.Relaxed(ctx, func(tx *sql.Tx) error { // the outer transaction is idle meanwhile
			_, err := tx.ExecContext(ctx, "UPDATE leases SET owner = 'heir' WHERE name = 'held'")
			return err
		})
	})
	var owner string
	if err := db.Read().QueryRowContext(t.Context(), "SELECT owner FROM leases").Scan(&owner); err != nil || owner != "heir" {
		t.Errorf("the owner is %s (%v), want the transaction that waited", owner, err)
	}
	if err == nil {
		t.Error("the idle transaction was committed")
	}
}

func TestSQLiteFileIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.db")
	db, err := database.Open(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		info, err := os.Stat(name)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v, want mode 0600", name, info, err)
		}
	}
}

// sameTime is how close two readings of one clock are on a busy machine.
const sameTime = 2 * time.Second

// On Postgres the time is the server's, however wrong the host's clock is.
func TestTimeIsTheServers(t *testing.T) {
	for _, by := range []time.Duration{time.Hour, -time.Hour} {
		_, wrong := databasetest.Apart(t, by)
		if off := time.Until(wrong.Now()).Abs(); off > sameTime { // the server runs on this host
			t.Errorf("by %v: the time is off by %v", by, off)
		}
	}
}

// After a failover the server's clock may be a different one.
func TestClockFollowsServer(t *testing.T) {
	db, _ := databasetest.Apart(t, 0)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { db.Run(ctx); close(ended) }()
	db.Mismeasure(time.Hour)
	if off := time.Until(db.Now()); off < sameTime {
		t.Fatalf("the time is off by %v, want an hour", off)
	}
	for deadline := time.Now().Add(20 * time.Second); time.Until(db.Now()).Abs() > sameTime; <-time.After(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the clock does not follow the server's")
		}
	}
	stop()
	<-ended
}

func TestOpenRejectsUnknownURLs(t *testing.T) {
	for _, url := range []string{"", "mysql://x", "mediarelay.db"} {
		if _, err := database.Open(t.Context(), url); !errors.Is(err, database.ErrURL) {
			t.Errorf("%q: got %v, want ErrURL", url, err)
		}
	}
}

func insertLease(t *testing.T, name string) func(*sql.Tx) error {
	return func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), "INSERT INTO leases (name, owner, epoch, expires_at) VALUES ($1, 'me', 1, 1)", name)
		return err
	}
}

func countLeases(t *testing.T, db *database.DB) (n int) {
	t.Helper()
	if err := db.Read().QueryRowContext(t.Context(), "SELECT COUNT(*) FROM leases").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
