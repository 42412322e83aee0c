// Package database opens the database that Mediarelay remembers in, SQLite or
// Postgres, brings its tables up to date, and runs transactions on it.
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
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // the Postgres driver, "pgx"
	_ "modernc.org/sqlite"             // the SQLite driver, "sqlite"
)

// ErrURL: the database URL has no known form.
var ErrURL = errors.New("database: the URL must be sqlite:PATH or postgres://…")

// readers is how many connections read a SQLite file side by side. One more writes.
const readers = 4

// postgresConnections bounds the pool of one replica. Postgres allows 100 by default.
const postgresConnections = 16

// DB is an open database.
type DB struct {
	write *sql.DB
	read  *sql.DB
	begin beginner
}

// beginner starts transactions of two strengths; each engine has its own words for it.
type beginner interface {
	// relaxed runs fn in a transaction that survives the process but may be lost with the power.
	relaxed(ctx context.Context, db *sql.DB, fn func(*sql.Tx) error) error
}

// Open opens the database at a URL, "sqlite:PATH" or "postgres://…", and
// migrates it. Two processes may do so at once.
func Open(ctx context.Context, rawURL string) (*DB, error) {
	db, err := connect(rawURL)
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, db); err != nil {
		return nil, errors.Join(fmt.Errorf("migrate the database: %w", err), db.Close())
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

func connectSQLite(path string) (*DB, error) {
	write, err := sql.Open("sqlite", sqliteDSN(path, "synchronous(FULL)"))
	if err != nil {
		return nil, fmt.Errorf("open SQLite: %w", err)
	}
	read, err := sql.Open("sqlite", sqliteDSN(path, "query_only(1)"))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open SQLite: %w", err), write.Close())
	}
	// One connection writes: SQLite has one writer anyway, and a queue in
	// database/sql is fair where SQLite's busy polling is not.
	write.SetMaxOpenConns(1)
	read.SetMaxOpenConns(readers)
	return &DB{write: write, read: read, begin: sqlite{}}, nil
}

// sqliteDSN asks for WAL; with synchronous=FULL a commit survives a power cut
// (with NORMAL, 200 of 200 were lost: reference/reliability.md, fact D).
func sqliteDSN(path string, pragma string) string {
	query := url.Values{}
	query.Set("_txlock", "immediate")
	for _, p := range []string{"busy_timeout(5000)", "journal_mode(WAL)", "foreign_keys(1)", pragma} {
		query.Add("_pragma", p)
	}
	return (&url.URL{Scheme: "file", Opaque: url.PathEscape(path), RawQuery: query.Encode()}).String()
}

func connectPostgres(rawURL string) (*DB, error) {
	db, err := sql.Open("pgx", rawURL)
	if err != nil {
		return nil, errors.New("open Postgres: the URL cannot be read") // pgx's text would hold the password
	}
	db.SetMaxOpenConns(postgresConnections)
	db.SetMaxIdleConns(postgresConnections)
	return &DB{write: db, read: db, begin: postgres{}}, nil
}

// Read returns the pool for queries that change nothing.
func (d *DB) Read() *sql.DB { return d.read }

// Durable runs fn in a transaction whose commit survives a power cut.
func (d *DB) Durable(ctx context.Context, fn func(*sql.Tx) error) error {
	tx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	return finish(tx, fn)
}

// Relaxed runs fn in a transaction that survives the death of the process but
// may be lost with the power. It costs no disk flush: for leases, marks of
// activity and other rows that are made anew after a power cut.
func (d *DB) Relaxed(ctx context.Context, fn func(*sql.Tx) error) error {
	return d.begin.relaxed(ctx, d.write, fn)
}

// Ping asks whether the database answers.
func (d *DB) Ping(ctx context.Context) error { return d.write.PingContext(ctx) }

// Close closes every connection.
func (d *DB) Close() error {
	if d.read == d.write {
		return d.write.Close()
	}
	return errors.Join(d.read.Close(), d.write.Close())
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
