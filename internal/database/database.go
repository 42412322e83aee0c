// Package database opens Mediarelay's database, SQLite or Postgres, migrates its
// tables, runs transactions on it, and provides the time that all its users share.
//
// It leaves to others what the rows mean (library, lease, limit). The SQL of those
// packages runs on both engines: placeholders are $1, $2, … in order of first use,
// times are BIGINT milliseconds since the Unix epoch, strings are TEXT.
package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/prometheus/client_golang/prometheus"
)

// ErrURL: the database URL has an unknown form.
var ErrURL = errors.New("database: the URL must be sqlite:PATH or postgres://…")

// DB is an open database.
type DB struct {
	durable *sql.DB
	relaxed *sql.DB
	read    *sql.DB
	// writer commits the transactions of a SQLite file. Nil if the engine has concurrent
	// writers.
	writer  *writer
	metrics *metrics
	// relax is the statement that makes a transaction relaxed, if the pool's settings do
	// not.
	relax string
	clock *clock
	// path is the SQLite file, and owner the lock that makes this process its owner.
	path  string
	owner *flock.Flock
	// shared: the engine serves many processes, and its locks work across them.
	shared bool
	damage damage
	// trace hears of each statement on a SQLite file; may be nil.
	trace func(query string)
}

// Open opens the database at a URL, "sqlite:PATH" or "postgres://…", and
// migrates it. Two processes may do so at once.
func Open(ctx context.Context, rawURL string, options ...Option) (*DB, error) {
	return open(ctx, rawURL, func(*DB) error { return nil }, options)
}

// OpenExclusive is Open for a server. Before it migrates a SQLite file, it makes this
// process the only server on the file until Close, or returns ErrOwned if another
// server still has the file after the time within. Before that it only creates a
// missing file and enables its write-ahead log. On Postgres it is the same as Open.
func OpenExclusive(ctx context.Context, rawURL string, within time.Duration, options ...Option) (*DB, error) {
	return open(ctx, rawURL, func(db *DB) error { return db.own(ctx, within) }, options)
}

func open(ctx context.Context, rawURL string, first func(*DB) error, options []Option) (*DB, error) {
	db, err := connect(rawURL)
	if err != nil {
		return nil, err
	}
	for _, option := range options {
		option(db)
	}
	if err := first(db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := migrate(ctx, db); err != nil {
		return nil, errors.Join(fmt.Errorf("migrate the database: %w", err), db.Close())
	}
	if err := db.measureFirst(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("measure the database clock: %w", err), db.Close())
	}
	if db.Owned() { // a server, whose commits somebody waits for
		if err := db.writer.fillLog(ctx, db.path); err != nil {
			return nil, errors.Join(fmt.Errorf("fill the write-ahead log: %w", err), db.Close())
		}
	}
	if db.writer != nil {
		go db.writer.run()
	}
	return db, nil
}

func connect(rawURL string) (*DB, error) {
	if path, ok := strings.CutPrefix(rawURL, "sqlite:"); ok {
		return connectSQLite(path)
	}
	if strings.HasPrefix(rawURL, "postgres://") || strings.HasPrefix(rawURL, "postgresql://") {
		return connectPostgres(rawURL)
	}
	return nil, ErrURL
}

// Read returns the pool for read-only queries.
func (d *DB) Read() *sql.DB { return d.read }

// Durable runs fn in a transaction whose commit survives a power cut. It returns
// ErrFull if the disk is full.
//
// On SQLite the transaction may be shared with other calls: each has a savepoint of its
// own, so that it commits or rolls back alone, and all of them share one disk flush.
// Therefore fn must not wait for another transaction, and must not end tx.
func (d *DB) Durable(ctx context.Context, fn func(*sql.Tx) error) error {
	return d.damage.note(named(d.write(ctx, durable, fn)))
}

// Relaxed runs fn in a transaction whose commit survives a crash of the process but not
// a power cut. It needs no disk flush. Use it for leases, activity timestamps and other
// rows that are recreated after a power cut. What applies to fn in Durable applies here.
func (d *DB) Relaxed(ctx context.Context, fn func(*sql.Tx) error) error {
	return d.damage.note(named(d.write(ctx, relaxed, fn)))
}

func (d *DB) write(ctx context.Context, s strength, fn func(*sql.Tx) error) error {
	if d.writer != nil {
		return d.writer.do(ctx, s, fn)
	}
	return d.transact(ctx, s, fn)
}

// Shared reports whether other processes may use the database too. A SQLite file
// belongs to one server.
func (d *DB) Shared() bool { return d.shared }

// Owned reports whether no other process uses the database: it is a SQLite file that
// this process has locked. See OpenExclusive.
func (d *DB) Owned() bool { return d.owner != nil }

// Metrics are the queue, the commits and the batches of the database.
func (d *DB) Metrics() prometheus.Collector { return d.metrics }

// Ping checks that the database answers and accepts writes. For a SQLite file, which can
// still be read if its disk is full or another process has locked it, it looks at the
// writer's recent commits and does not wait. Postgres shuts down if it cannot write.
// It returns ErrDamaged once damaged pages were found in a SQLite file.
func (d *DB) Ping(ctx context.Context) error {
	if err := d.damage.err(); err != nil {
		return err
	}
	if d.writer != nil {
		return d.writer.readiness.check()
	}
	return d.read.PingContext(ctx)
}

// Close rejects the transactions that have not begun, closes every connection, then
// releases a SQLite file.
func (d *DB) Close() error {
	var err error
	if d.writer != nil {
		d.writer.close()
	}
	for _, pool := range []*sql.DB{d.read, d.relaxed, d.durable} {
		if pool != nil {
			err = errors.Join(err, pool.Close()) // closing a pool twice is harmless
		}
	}
	if d.owner != nil {
		err = errors.Join(err, d.owner.Close())
	}
	return err
}
