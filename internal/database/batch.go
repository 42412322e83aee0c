package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	sqlite3 "modernc.org/sqlite/lib"
)

// errAborted is the outcome of a function that panicked or ended its goroutine.
var errAborted = errors.New("database: the function of a transaction did not return")

// member is one call of Durable or Relaxed.
type member struct {
	ctx      context.Context
	strength strength
	// turn is closed when the writer has set tx, or has rejected the member.
	turn    chan struct{}
	tx      *sql.Tx
	ran     chan error // what the function returned
	outcome chan error // what the caller gets
}

// run runs the caller's function and reports its error to the writer, even if the function
// panics.
func (m *member) run(fn func(*sql.Tx) error) {
	err := errAborted
	defer func() { m.ran <- err }()
	if err = fn(m.tx); err == nil {
		err = m.ctx.Err()
	}
}

// begin gives a member its turn and waits until its function has returned.
func (m *member) begin(tx *sql.Tx) error {
	m.tx = tx
	close(m.turn)
	return <-m.ran
}

// reject ends a member that had no turn.
func (m *member) reject(err error) {
	m.outcome <- err
	close(m.turn)
}

// batch is a transaction of the writer.
type batch struct {
	tx      *sql.Tx
	members []*member // those whose functions succeeded
	// undone are the others, with their errors. They learn of them after the commit: what
	// a function found, such as a key that is taken, must be there for other readers too.
	undone map[*member]error
}

// commit runs the members that wait in one transaction. If it cannot begin, those that
// waited from the start are rejected.
func (w *writer) commit(waiting int, s strength) {
	tx, err := w.begin(s)
	if err != nil {
		w.readiness.conclude(err)
		w.rejectFirst(waiting, err)
		return
	}
	b := &batch{tx: tx, undone: map[*member]error{}}
	for m := w.take(s); m != nil; m = w.take(s) {
		if err = b.add(m); err != nil || len(b.members) == 0 || len(b.members) == maxBatch {
			break
		}
	}
	w.end(b, s, err)
}

// begin begins a transaction. It waits for another process that has locked the file, for
// busyTimeout.
func (w *writer) begin(s strength) (*sql.Tx, error) {
	w.readiness.enter(working)
	for deadline := time.Now().Add(busyTimeout); ; {
		tx, err := w.pools[s].BeginTx(context.Background(), nil)
		if err == nil {
			w.readiness.enter(working)
			return tx, nil
		}
		if sqliteCode(err) != sqlite3.SQLITE_BUSY || time.Now().After(deadline) || w.isClosed() {
			return nil, fmt.Errorf("begin: %w", err)
		}
		w.readiness.enter(locked)
	}
}

func (w *writer) rejectFirst(waiting int, err error) {
	for range waiting {
		m := w.take(durable)
		if m == nil {
			return
		}
		m.reject(err)
	}
}

// end commits a batch, or rolls it back if it is broken or empty, and tells its members.
func (w *writer) end(b *batch, s strength, broken error) {
	if broken == nil && len(b.members) > 0 {
		began := time.Now()
		if broken = b.tx.Commit(); broken == nil {
			w.metrics.committed(s, len(b.members), time.Since(began))
		} else {
			broken = fmt.Errorf("commit: %w", broken)
		}
	} else {
		_ = b.tx.Rollback() // it may have ended with the error
	}
	switch {
	case broken != nil || len(b.members) > 0:
		w.readiness.conclude(broken)
	default:
		w.readiness.abandon()
	}
	for _, m := range b.members {
		m.outcome <- broken
	}
	for m, err := range b.undone {
		m.outcome <- err
	}
}

// add runs a member's function. If the function fails, it alone is undone. The first
// member has no savepoint: if it fails, the transaction is still empty and ends.
//
// add returns an error if the transaction is broken. Then every member fails: SQLite
// itself rolls back a transaction when the disk is full or fails.
//
// Source: sqlite.org/lang_transaction.html, "Response To Errors Within A Transaction".
func (b *batch) add(m *member) error {
	if len(b.members) == 0 {
		return b.addFirst(m)
	}
	if err := b.exec("SAVEPOINT member"); err != nil {
		m.reject(err)
		return err
	}
	if failed := m.begin(b.tx); failed != nil {
		b.undone[m] = failed
		return b.undo(failed)
	}
	b.members = append(b.members, m)
	return b.exec("RELEASE member")
}

func (b *batch) addFirst(m *member) error {
	if failed := m.begin(b.tx); failed != nil {
		b.undone[m] = failed
		return diskError(failed)
	}
	b.members = append(b.members, m)
	return nil
}

// undo undoes the member that failed. It returns an error if the whole transaction is
// lost.
func (b *batch) undo(failed error) error {
	err := b.exec("ROLLBACK TO member")
	if err == nil {
		err = b.exec("RELEASE member")
	}
	if err != nil {
		return fmt.Errorf("another transaction ended the batch: %w", errors.Join(failed, err))
	}
	return nil
}

func (b *batch) exec(statement string) error {
	_, err := b.tx.ExecContext(context.Background(), statement)
	return err
}

// probe commits a change that means nothing, alone.
func (w *writer) probe() {
	tx, err := w.begin(relaxed)
	if err == nil {
		// An application-defined number that nothing reads.
		if _, err = tx.ExecContext(context.Background(), "PRAGMA user_version = 1"); err == nil {
			err = tx.Commit()
		} else {
			_ = tx.Rollback() // the cause matters more than a failed rollback
		}
	}
	w.readiness.conclude(err)
}
