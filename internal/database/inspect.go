package database

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"strings"
)

// Inspection is what Inspect found.
type Inspection struct {
	// Missing says that the SQLite file does not exist. A start creates it.
	Missing bool
	// Schema is the number of the last migration that the database has; 0 if it is empty.
	Schema int64
	// Latest is that of the last one that this program has. A start applies the rest.
	Latest int64
}

// Inspect connects to the database at a URL and reads its schema. It changes nothing. A
// schema that a start would refuse is the same error: ErrNewer or ErrMixed.
func Inspect(ctx context.Context, rawURL string) (Inspection, error) {
	known, err := knownVersions()
	if err != nil {
		return Inspection{}, err
	}
	found := Inspection{Latest: known[len(known)-1]}
	path, isSQLite := strings.CutPrefix(rawURL, "sqlite:")
	driver, source := "pgx", rawURL
	if isSQLite {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			found.Missing = true
			return found, nil
		}
		driver, source = "sqlite", readOnly(path)
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		return found, err
	}
	defer db.Close()
	applied, err := inspectVersions(ctx, db, isSQLite)
	if err != nil || len(applied) == 0 {
		return found, err
	}
	found.Schema = applied[len(applied)-1]
	return found, compareVersions(applied, known)
}

// readOnly is the data source of a SQLite file that is not to be changed. Without a
// write-ahead log nobody uses the file, and SQLite need not create one to read it.
func readOnly(path string) string {
	query := url.Values{"mode": {"ro"}}
	if _, err := os.Stat(path + "-wal"); errors.Is(err, fs.ErrNotExist) {
		query.Set("immutable", "1")
	}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: query.Encode()}).String()
}

// inspectVersions lists the migrations that a database has, which may have no table of
// them yet.
func inspectVersions(ctx context.Context, db *sql.DB, isSQLite bool) ([]int64, error) {
	tables := "SELECT COUNT(*) FROM information_schema.tables WHERE table_name = 'goose_db_version' AND table_schema = ANY (current_schemas(false))"
	if isSQLite {
		tables = "SELECT COUNT(*) FROM sqlite_master WHERE name = 'goose_db_version'"
	}
	var found int
	if err := db.QueryRowContext(ctx, tables).Scan(&found); err != nil || found == 0 {
		return nil, err
	}
	return appliedVersions(ctx, db)
}
