package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

type sqlite struct{}

// relaxed lowers the writer's synchronous level around the transaction. In WAL
// mode a later FULL commit flushes everything before it, so order is kept.
func (sqlite) relaxed(ctx context.Context, db *sql.DB, fn func(*sql.Tx) error) (err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, "PRAGMA synchronous=NORMAL"); err != nil {
		return fmt.Errorf("relax: %w", err)
	}
	defer func() { err = errors.Join(err, restoreFull(ctx, conn)) }()
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	return finish(tx, fn)
}

// restoreFull must not be skipped when ctx is done: the connection goes on to
// serve durable commits.
func restoreFull(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA synchronous=FULL")
	if err != nil {
		return fmt.Errorf("restore synchronous=FULL: %w", err)
	}
	return nil
}

type postgres struct{}

func (postgres) relaxed(ctx context.Context, db *sql.DB, fn func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if _, err := tx.ExecContext(ctx, "SET LOCAL synchronous_commit = off"); err != nil {
		_ = tx.Rollback()
		return fmt.Errorf("relax: %w", err)
	}
	return finish(tx, fn)
}
