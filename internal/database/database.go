// Package database opens the database that Mediarelay remembers in, SQLite or
// Postgres, brings its tables up to date, runs transactions on it, and tells the
// time that all who use it share.
//
// It leaves to others what the rows mean (library, lease). The SQL of those
// packages serves both engines: placeholders are $1, $2, … in order of first
// use, times are BIGINT milliseconds of Unix time, texts are TEXT.
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

// ErrURL: the database URL has no known form.
var ErrURL = errors.New("database: the URL must be sqlite:PATH or postgres://…")

// readers is how many connections read a SQLite file side by side.
const readers = 4

// postgresConnections bounds the pool of one replica. Postgres allows 100 by default.
const postgresConnections = 16

// DB is an open database.
type DB struct {
	durable *sql.DB
	relaxed *sql.DB
	read    *sql.DB
	// turn is held by the one writer of a SQLite file: a queue in Go is fair, where
	// SQLite's own busy polling is not. Nil where writers need no turns.
	turn chan struct{}
	// relax begins a relaxed transaction where a pool's own setting does not.
	relax string
	clock *clock
	// path is the SQLite file, and owner the lock that makes it this process's.
	path  string
	owner *flock.Flock
	// shared says that the engine serves many processes, and has locks across them.
	shared bool
}

// Open opens the database at a URL, "sqlite:PATH" or "postgres://…", and
// migrates it. Two processes may do so at once.
func Open(ctx context.Context, rawURL string, options ...Option) (*DB, error) {
	return open(ctx, rawURL, func(*DB) error { return nil }, options)
}

// OpenAlone is Open for a server: before it migrates a SQLite file it makes this
// process the only server on it until Close, or returns ErrOwned where another one
// is still on it after so long. All that it does to the file before is to make it
// where there is none, and to turn its write-ahead log on. Postgres may be used by many.
func OpenAlone(ctx context.Context, rawURL string, within time.Duration, options ...Option) (*DB, error) {
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
		return nil, errors.Join(fmt.Errorf("ask the database for its time: %w", err), db.Close())
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

// connectSQLite opens three pools: a connection's level of flushing is set once,
// when it opens, so that no failure in between can leave it lower.
//
// The file is made here, for this user alone: SQLite would make it readable for
// all, and gives its companions (-wal, -shm) the same mode.
func connectSQLite(path string) (*DB, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open SQLite: %w", err)
	}
	if err := file.Close(); err != nil {
		return nil, fmt.Errorf("open SQLite: %w", err)
	}
	db := &DB{turn: make(chan struct{}, 1), clock: newClock(), path: path}
	if err := logAhead(path); err != nil {
		return nil, fmt.Errorf("open SQLite: %w", err)
	}
	for pragma, pool := range map[string]**sql.DB{
		// With NORMAL, 200 of 200 commits were lost in a power cut; with FULL none
		// (reference/reliability.md, fact D). In WAL mode a FULL commit flushes the
		// NORMAL ones before it too, so their order is kept.
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

// logAhead turns the write-ahead log on, which stays with the file. Of two
// processes that do so at once SQLite refuses one without a wait, whatever its
// busy_timeout says.
func logAhead(path string) error {
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

// busyTimeout is how long a writer waits for a lock of another process, and
// busyPause how long between two tries where SQLite itself does not wait.
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
	db := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(letGo))
	db.SetMaxOpenConns(postgresConnections)
	db.SetMaxIdleConns(postgresConnections)
	return &DB{durable: db, relaxed: db, read: db, relax: "SET LOCAL synchronous_commit = off", shared: true, clock: newClock()}, nil
}

// longestSleep is how long a transaction may be without a statement before Postgres
// ends it, in milliseconds. A process that is frozen in one would keep its rows
// locked, leases among them, until it wakes; so it is less than a lease lives.
const longestSleep = 5000

// letGo is said to each connection, and not in its first packet: poolers refuse
// settings there that they do not know.
func letGo(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, fmt.Sprintf("SET idle_in_transaction_session_timeout = %d", longestSleep))
	return err
}

// Read returns the pool for queries that change nothing.
func (d *DB) Read() *sql.DB { return d.read }

// Durable runs fn in a transaction whose commit survives a power cut. Where there is
// no room for it the error is ErrFull.
func (d *DB) Durable(ctx context.Context, fn func(*sql.Tx) error) error {
	return d.write(ctx, d.durable, "", fn)
}

// Relaxed runs fn in a transaction that survives the death of the process but
// may be lost with the power. It costs no disk flush: for leases, marks of
// activity and other rows that are made anew after a power cut.
func (d *DB) Relaxed(ctx context.Context, fn func(*sql.Tx) error) error {
	return d.write(ctx, d.relaxed, d.relax, fn)
}

func (d *DB) write(ctx context.Context, pool *sql.DB, first string, fn func(*sql.Tx) error) error {
	if d.turn != nil {
		select {
		case d.turn <- struct{}{}:
			defer func() { <-d.turn }()
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
// is one server's own.
func (d *DB) Shared() bool { return d.shared }

// Ping asks whether the database answers, and takes writes: a SQLite file on a
// disk that is full, or that another process has locked, can still be read.
// Postgres ends itself where it cannot write.
func (d *DB) Ping(ctx context.Context) error {
	if d.shared {
		return d.read.PingContext(ctx)
	}
	return d.Relaxed(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "PRAGMA user_version = 1") // a number of ours, which nobody reads
		return err
	})
}

// Close closes every connection, and then lets a SQLite file go.
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
		_ = tx.Rollback() // the cause matters more than a rollback that fails with it
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}
