package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strconv"
	"strings"
)

// ErrSchema: the schema is newer than this program, which would not understand it.
var ErrSchema = errors.New("database: the schema is newer than this program")

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
// schema that is newer than the program is ErrSchema.
func Inspect(ctx context.Context, rawURL string) (Inspection, error) {
	found := Inspection{Latest: latestMigration()}
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
	found.Schema, err = schemaOf(ctx, db, isSQLite)
	if err == nil && found.Schema > found.Latest {
		err = fmt.Errorf("%w: version %d, this program knows %d", ErrSchema, found.Schema, found.Latest)
	}
	return found, err
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

// schemaOf returns the number of the last migration that was applied.
func schemaOf(ctx context.Context, db *sql.DB, isSQLite bool) (version int64, err error) {
	tables := "SELECT COUNT(*) FROM information_schema.tables WHERE table_name = 'goose_db_version' AND table_schema = ANY (current_schemas(false))"
	if isSQLite {
		tables = "SELECT COUNT(*) FROM sqlite_master WHERE name = 'goose_db_version'"
	}
	if err := db.QueryRowContext(ctx, tables).Scan(&version); err != nil || version == 0 {
		return 0, err
	}
	err = db.QueryRowContext(ctx, "SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version").Scan(&version)
	return version, err
}

// latestMigration is the highest number of the files in migrations.
func latestMigration() (latest int64) {
	files, _ := migrations.ReadDir("migrations") // embedded
	for _, file := range files {
		number, _, _ := strings.Cut(file.Name(), "_")
		version, _ := strconv.ParseInt(number, 10, 64)
		latest = max(latest, version)
	}
	return latest
}
