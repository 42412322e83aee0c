package database

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// postgresConnections limits the pool of one replica. The default max_connections of
// Postgres is 100.
const postgresConnections = 16

func connectPostgres(rawURL string) (*DB, error) {
	config, err := pgx.ParseConfig(rawURL)
	if err != nil {
		return nil, fmt.Errorf("open Postgres: %w", err)
	}
	db := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(setIdleTimeout))
	db.SetMaxOpenConns(postgresConnections)
	db.SetMaxIdleConns(postgresConnections)
	opened := &DB{
		durable: db, relaxed: db, read: db, relax: "SET LOCAL synchronous_commit = off", shared: true,
		clock: newClock(), metrics: newMetrics(),
	}
	return opened, nil
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

// transact runs fn in a transaction of its own.
func (d *DB) transact(ctx context.Context, s strength, fn func(*sql.Tx) error) error {
	tx, err := d.begin(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := d.runIn(ctx, tx, s, fn); err != nil {
		_ = tx.Rollback() // the cause matters more than a failed rollback
		return err
	}
	began := time.Now()
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	d.metrics.committed(s, 1, time.Since(began))
	return nil
}

func (d *DB) begin(ctx context.Context) (*sql.Tx, error) {
	d.metrics.queue.Inc()
	defer d.metrics.queue.Dec()
	return d.durable.BeginTx(ctx, nil)
}

func (d *DB) runIn(ctx context.Context, tx *sql.Tx, s strength, fn func(*sql.Tx) error) error {
	if s == relaxed {
		if _, err := tx.ExecContext(ctx, d.relax); err != nil {
			return err
		}
	}
	return fn(tx)
}
