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

// OpenAt opens a database and applies the migrations up to a version only.
func OpenAt(ctx context.Context, url string, version int64) (*DB, error) {
	db, err := connect(url)
	if err != nil {
		return nil, err
	}
	provider, err := newProvider(db)
	if err == nil {
		_, err = provider.UpTo(ctx, version)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}
