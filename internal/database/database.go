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
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // the SQLite driver, "sqlite"
)

// ErrURL: the database URL has an unknown form.
var ErrURL = errors.New("database: the URL must be sqlite:PATH or postgres://…")

// readers is the number of concurrent connections that read a SQLite file.
const readers = 4

// postgresConnections limits the pool of one replica. The default max_connections of
// Postgres is 100.
const postgresConnections = 16

// DB is an open database.
type DB struct {
	durable *sql.DB
	relaxed *sql.DB
	read    *sql.DB
	// writer is the write lock of a SQLite file. A channel is fair, unlike SQLite's own
	// busy polling. Nil if the engine has concurrent writers.
	writer chan struct{}
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

// connectSQLite opens three pools, because a connection's synchronous level is set
// once, when it opens: no failure in between can leave it lower.
//
// It creates the file itself, readable by this user only. SQLite would create it
// readable by everyone, and gives -wal and -shm the mode of the file.
func connectSQLite(path string) (*DB, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open SQLite: %w", err)
	}
	if err := file.Close(); err != nil {
		return nil, fmt.Errorf("open SQLite: %w", err)
	}
	db := &DB{writer: make(chan struct{}, 1), clock: newClock(), path: path}
	if err := enableWAL(path); err != nil {
		return nil, fmt.Errorf("open SQLite: %w", err)
	}
	for pragma, pool := range map[string]**sql.DB{
		// In a test, a power cut lost 200 of 200 commits with NORMAL and none with FULL.
		// In WAL mode a FULL commit also flushes the NORMAL ones before it, which keeps
		// their order.
		"synchronous(FULL)": &db.durable, "synchronous(NORMAL)": &db.relaxed, "query_only(1)": &db.read,
	} {
		opened, err := sql.Open("sqlite", sqliteDSN(path, pragma))
		if err != nil {
			return nil, errors.Join(fmt.Errorf("open SQLite: %w", err), db.Close())
		}
		opened.SetMaxOpenConns(1)
		*pool = opened
	}
	db.read.SetMaxOpenConns(readers)
	return db, nil
}

// enableWAL turns on the write-ahead log, a permanent setting of the file. If two
// processes do so at once, SQLite rejects one of them immediately and ignores its
// busy_timeout.
func enableWAL(path string) error {
	db, err := sql.Open("sqlite", sqliteDSN(path, "synchronous(FULL)"))
	if err != nil {
		return err
	}
	defer db.Close()
	for deadline := time.Now().Add(busyTimeout); ; {
		err = db.PingContext(context.Background())
		if err == nil || time.Now().After(deadline) {
			return err
		}
		time.Sleep(busyPause)
	}
}

// busyTimeout is how long a writer waits for a lock of another process, busyPause the
// time between attempts where SQLite itself does not wait.
const (
	busyTimeout = 5 * time.Second
	busyPause   = 10 * time.Millisecond
)

func sqliteDSN(path string, pragma string) string {
	query := url.Values{}
	query.Set("_txlock", "immediate")
	for _, p := range []string{fmt.Sprintf("busy_timeout(%d)", busyTimeout.Milliseconds()), "journal_mode(WAL)", "foreign_keys(1)", pragma} {
		query.Add("_pragma", p)
	}
	return (&url.URL{Scheme: "file", Opaque: url.PathEscape(path), RawQuery: query.Encode()}).String()
}

func connectPostgres(rawURL string) (*DB, error) {
	config, err := pgx.ParseConfig(rawURL)
	if err != nil {
		return nil, fmt.Errorf("open Postgres: %w", err)
	}
	db := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(setIdleTimeout))
	db.SetMaxOpenConns(postgresConnections)
	db.SetMaxIdleConns(postgresConnections)
	return &DB{durable: db, relaxed: db, read: db, relax: "SET LOCAL synchronous_commit = off", shared: true, clock: newClock()}, nil
}

// idleTimeoutMillis is how long a transaction may be idle before Postgres ends it. A
// process that is suspended in a transaction would keep rows locked, leases among them,
// so the timeout is shorter than a lease's time to live (10 s).
const idleTimeoutMillis = 5000

// setIdleTimeout runs on each new connection. The setting is not a startup parameter,
// because connection poolers reject startup parameters that they do not know.
func setIdleTimeout(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, fmt.Sprintf("SET idle_in_transaction_session_timeout = %d", idleTimeoutMillis))
	return err
}

// Read returns the pool for read-only queries.
func (d *DB) Read() *sql.DB { return d.read }

// Durable runs fn in a transaction whose commit survives a power cut. It returns
// ErrFull if the disk is full.
func (d *DB) Durable(ctx context.Context, fn func(*sql.Tx) error) error {
	return d.damage.note(d.write(ctx, d.durable, "", fn))
}

// Relaxed runs fn in a transaction whose commit survives a crash of the process but not
// a power cut. It needs no disk flush. Use it for leases, activity timestamps and other
// rows that are recreated after a power cut.
func (d *DB) Relaxed(ctx context.Context, fn func(*sql.Tx) error) error {
	return d.damage.note(d.write(ctx, d.relaxed, d.relax, fn))
}

func (d *DB) write(ctx context.Context, pool *sql.DB, first string, fn func(*sql.Tx) error) error {
	if d.writer != nil {
		select {
		case d.writer <- struct{}{}:
			defer func() { <-d.writer }()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", named(err))
	}
	return named(finish(tx, func(tx *sql.Tx) error {
		if first != "" {
			if _, err := tx.ExecContext(ctx, first); err != nil {
				return err
			}
		}
		return fn(tx)
	}))
}

// Shared reports whether other processes may use the database too. A SQLite file
// belongs to one server.
func (d *DB) Shared() bool { return d.shared }

// Ping checks that the database answers and accepts writes. A SQLite file can still be
// read if its disk is full or another process has locked it; Postgres shuts down if it
// cannot write. It returns ErrDamaged once damaged pages were found in a SQLite file.
func (d *DB) Ping(ctx context.Context) error {
	if err := d.damage.err(); err != nil {
		return err
	}
	if d.shared {
		return d.read.PingContext(ctx)
	}
	return d.Relaxed(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "PRAGMA user_version = 1") // an application-defined number that nothing reads
		return err
	})
}

// Close closes every connection, then releases a SQLite file.
func (d *DB) Close() error {
	var err error
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

func finish(tx *sql.Tx, fn func(*sql.Tx) error) error {
	if err := fn(tx); err != nil {
		_ = tx.Rollback() // the cause matters more than a failed rollback
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}
