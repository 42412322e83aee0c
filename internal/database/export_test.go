package database

import (
	"context"
	"database/sql"
	"errors"
	"time"

	dto "github.com/prometheus/client_model/go"
)

// Mismeasure shifts the last measurement.
func (d *DB) Mismeasure(by time.Duration) {
	d.clock.mu.Lock()
	defer d.clock.mu.Unlock()
	d.clock.best.server = d.clock.best.server.Add(by)
}

// Waiting is the number of transactions that wait for their turn.
func (d *DB) Waiting() int {
	d.writer.mu.Lock()
	defer d.writer.mu.Unlock()
	return len(d.writer.waiting)
}

// Commits is the number of batches that were committed.
func (d *DB) Commits() uint64 {
	var m dto.Metric
	if err := d.metrics.batches.Write(&m); err != nil {
		panic(err)
	}
	return m.GetHistogram().GetSampleCount()
}

// Pool is the pool of durable transactions, around the writer.
func (d *DB) Pool() *sql.DB { return d.durable }

// SetReadinessClock replaces the clock of the readiness check.
func (d *DB) SetReadinessClock(now func() time.Time) {
	d.writer.readiness.mu.Lock()
	defer d.writer.readiness.mu.Unlock()
	d.writer.readiness.now = now
}

// MaxBatch bounds the transactions that are committed together.
const MaxBatch = maxBatch

// ExecAtVersion applies the migrations to a database up to a version only, and runs
// statements on its tables.
func ExecAtVersion(ctx context.Context, url string, version int64, statements ...string) (err error) {
	db, err := connect(url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	provider, err := newProvider(db)
	if err != nil {
		return err
	}
	if _, err := provider.UpTo(ctx, version); err != nil {
		return err
	}
	for _, statement := range statements {
		if _, err := db.durable.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
