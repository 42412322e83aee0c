package database

import (
	"context"
	"errors"
	"time"
)

// Mismeasure shifts the last measurement.
func (d *DB) Mismeasure(by time.Duration) {
	d.clock.mu.Lock()
	defer d.clock.mu.Unlock()
	d.clock.best.server = d.clock.best.server.Add(by)
}

// ExecAt brings a new database to a version of the schema and runs a statement.
func ExecAt(ctx context.Context, url string, version int64, statement string) (err error) {
	db, err := connect(url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	provider, err := migrationsOf(db)
	if err != nil {
		return err
	}
	if _, err := provider.UpTo(ctx, version); err != nil {
		return err
	}
	_, err = db.durable.ExecContext(ctx, statement)
	return err
}
