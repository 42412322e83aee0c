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
)

// Damaged pages of a SQLite file show in Ping: those that a check at the start finds, and
// those that a transaction or a read meets.
func TestDamagedPages(t *testing.T) {
	for name, meet := range map[string]func(*testing.T, *database.DB){
		"a check at the start": func(t *testing.T, db *database.DB) {
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan struct{})
			go func() { db.Run(ctx); close(ended) }()
			t.Cleanup(func() { cancel(); <-ended })
		},
		"a transaction": func(t *testing.T, db *database.DB) {
			if err := db.Durable(t.Context(), insertLease(t, "another")); !errors.Is(err, database.ErrDamaged) {
				t.Errorf("got %v, want ErrDamaged", err)
			}
		},
		"a read": func(t *testing.T, db *database.DB) {
			var epoch int64
			if err := db.Read().QueryRowContext(t.Context(), "SELECT epoch FROM leases").Scan(&epoch); !errors.Is(err, database.ErrDamaged) {
				t.Errorf("got %v, want ErrDamaged", err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "mediarelay.db")
			damagePages(t, path, "leases")
			db := opened(t, "sqlite:"+path)
			meet(t, db)
			var err error
			for deadline := time.Now().Add(10 * time.Second); err == nil && time.Now().Before(deadline); {
				err = db.Ping(t.Context())
			}
			if !errors.Is(err, database.ErrDamaged) {
				t.Errorf("Ping: %v, want ErrDamaged", err)
			}
		})
	}
}

// damagePages makes a database at a path, in which the first page of a table is
// overwritten.
func damagePages(t *testing.T, path, table string) {
	t.Helper()
	db := opened(t, "sqlite:"+path)
	for _, name := range strings.Fields("a b c d") {
		if err := db.Durable(t.Context(), insertLease(t, name)); err != nil {
			t.Fatal(err)
		}
	}
	var page, size int64
	err := errors.Join(
		db.Read().QueryRowContext(t.Context(), "SELECT rootpage FROM sqlite_schema WHERE name = $1", table).Scan(&page),
		db.Read().QueryRowContext(t.Context(), "PRAGMA page_size").Scan(&size),
		db.Close(),
	)
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = file.WriteAt([]byte(strings.Repeat("\xff", int(size))), (page-1)*size)
	if err := errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
}
