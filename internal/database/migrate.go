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

// migrationTries limits the attempts of a start that loses the race for a migration.
const migrationTries = 5

// migrate applies the pending migrations. There are no down migrations. Processes that
// start at the same time take turns on Postgres, by an advisory lock. On SQLite each
// migration is one immediate transaction: if two race, one fails and finds nothing left
// to do on its next attempt.
func migrate(ctx context.Context, db *DB) error {
	provider, err := migrationsOf(db)
	if err != nil {
		return err
	}
	for range migrationTries {
		if _, err = provider.Up(ctx); err == nil {
			return nil
		}
	}
	return err
}

func migrationsOf(db *DB) (*goose.Provider, error) {
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
