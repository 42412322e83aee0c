package database

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrationTries bounds how often a start loses the race for a migration.
const migrationTries = 5

// migrate brings the tables up to date. Migrations only go forward. Two
// processes that start at once take turns on Postgres, by an advisory lock. On
// SQLite each migration is one immediate transaction: of two that race, one
// fails and finds on its next try that nothing is left to do.
func migrate(ctx context.Context, db *DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	dialect, options := goose.DialectSQLite3, []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if db.shared {
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return fmt.Errorf("make the migration lock: %w", err)
		}
		dialect, options = goose.DialectPostgres, append(options, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(dialect, db.durable, files, options...)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	for range migrationTries {
		if _, err = provider.Up(ctx); err == nil {
			return nil
		}
	}
	return err
}
