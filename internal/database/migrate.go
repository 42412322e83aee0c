package database

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// ErrNewer: a newer Mediarelay has migrated the database.
var ErrNewer = errors.New("database: the schema is newer than this program")

// ErrMixed: the database lacks a migration that comes before one that it has.
var ErrMixed = errors.New("database: the schema is incomplete")

// migrationTries limits the attempts of a start that loses the race for a migration.
const migrationTries = 5

// migrate applies the pending migrations. There are no down migrations. Processes that
// start at the same time take turns on Postgres, by an advisory lock. On SQLite each
// migration is one immediate transaction: if two race, one fails and finds nothing left
// to do on its next attempt.
//
// Each migration is one transaction on both engines, so a start that is killed leaves
// the database at one of the versions, and the next start continues from there.
func migrate(ctx context.Context, db *DB) error {
	provider, err := newProvider(db)
	if err != nil {
		return err
	}
	for range migrationTries {
		if err = db.checkSchema(ctx, provider); errors.Is(err, ErrNewer) || errors.Is(err, ErrMixed) {
			return err
		}
		if err == nil {
			_, err = provider.Up(ctx)
		}
		if err == nil {
			return nil
		}
	}
	return err
}

func newProvider(db *DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	dialect, options := goose.DialectSQLite3, []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if db.shared {
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, fmt.Errorf("create the migration lock: %w", err)
		}
		dialect, options = goose.DialectPostgres, append(options, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(dialect, db.durable, files, options...)
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return provider, nil
}

// checkSchema refuses a database that this program must not use. goose applies what is
// pending and ignores versions that it does not know, so an older program would run on
// tables that it does not understand.
func (d *DB) checkSchema(ctx context.Context, provider *goose.Provider) error {
	if _, err := provider.GetDBVersion(ctx); err != nil { // creates goose's own table
		return fmt.Errorf("read the version of the schema: %w", err)
	}
	found, err := appliedVersions(ctx, d.durable)
	if err != nil {
		return fmt.Errorf("read the version of the schema: %w", err)
	}
	known, err := knownVersions()
	if err != nil {
		return err
	}
	return compareVersions(found, known)
}

// appliedVersions lists the migrations that a database has, in ascending order. goose
// adds version 0 when it creates its table.
func appliedVersions(ctx context.Context, db *sql.DB) (versions []int64, err error) {
	rows, err := db.QueryContext(ctx, "SELECT DISTINCT version_id FROM goose_db_version WHERE version_id > 0 ORDER BY version_id")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var version int64
		if err := rows.Scan(&version); err != nil {
			return nil, err
		}
		versions = append(versions, version)
	}
	return versions, rows.Err()
}

// knownVersions lists the migrations of this program, in ascending order.
func knownVersions() (versions []int64, err error) {
	files, err := migrations.ReadDir("migrations")
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	for _, file := range files {
		version, err := goose.NumericComponent(file.Name())
		if err != nil {
			return nil, fmt.Errorf("read migrations: %w", err)
		}
		versions = append(versions, version)
	}
	slices.Sort(versions)
	return versions, nil
}

// compareVersions wants the versions that were found to be the first ones of those that
// are known.
func compareVersions(found, known []int64) error {
	if len(found) == 0 {
		return nil
	}
	newest, latest := found[len(found)-1], known[len(known)-1]
	if newest > latest {
		return fmt.Errorf("%w: the database has version %d, this program knows versions up to %d. "+
			"Start the Mediarelay that migrated the database, or a newer one. "+
			"To go back, restore the backup from before the upgrade (docs/operations.md, Rollback)", ErrNewer, newest, latest)
	}
	if len(found) > len(known) || !slices.Equal(found, known[:len(found)]) {
		return fmt.Errorf("%w: the database has the versions %v, this program knows %v. "+
			"Start the Mediarelay that migrated the database, or restore a backup", ErrMixed, found, known)
	}
	return nil
}
