package database_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mediarelay/internal/database"
	"mediarelay/internal/database/databasetest"
)

func TestInspectReadsTheSchema(t *testing.T) {
	databasetest.EachURL(t, func(t *testing.T, url string) {
		isSQLite := strings.HasPrefix(url, "sqlite:")
		if before, err := database.Inspect(t.Context(), url); err != nil || before.Schema != 0 || before.Missing != isSQLite {
			t.Errorf("before the first start: %+v, %v", before, err)
		}
		db, err := database.Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		found, err := database.Inspect(t.Context(), url)
		if err != nil || found.Missing || found.Schema == 0 || found.Schema != found.Latest {
			t.Errorf("a database in use: %+v, %v", found, err)
		}
		err = db.Durable(t.Context(), func(tx *sql.Tx) error {
			_, err := tx.ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, $1)", true)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := database.Inspect(t.Context(), url); !errors.Is(err, database.ErrNewer) {
			t.Errorf("a newer schema: %v", err)
		}
	})
}

func TestInspectChangesNothing(t *testing.T) {
	dir := t.TempDir()
	url := "sqlite:" + filepath.Join(dir, "a %?b.db")
	if _, err := database.Inspect(t.Context(), url); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("it created %v", left)
	}
	db, err := database.Open(context.Background(), url)
	if err == nil {
		err = db.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadDir(dir)
	found, err := database.Inspect(t.Context(), url)
	if after, _ := os.ReadDir(dir); err != nil || found.Schema == 0 || len(after) != len(before) {
		t.Errorf("%+v, %v; before %v, after %v", found, err, before, after)
	}
	if err := os.WriteFile(filepath.Join(dir, "broken.db"), []byte("this is no database, but a text of some length"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := database.Inspect(t.Context(), "sqlite:"+filepath.Join(dir, "broken.db")); err == nil {
		t.Error("a file that is no database was accepted")
	}
}
