package library

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"mediarelay/internal/database"
)

// Library is open for use by many goroutines.
type Library struct {
	db       *database.DB
	now      func() time.Time
	notifier *notifier
	feed     *feed
	quota    Quota
}

// UseClock replaces the clock. Call it before anything else; tests of waits do.
func (l *Library) UseClock(now func() time.Time) { l.now = now }

// LeaseCheck proves, inside a transaction, that the caller still holds its lease,
// and returns an error if not. A *lease.Lease is one.
type LeaseCheck interface {
	Check(ctx context.Context, tx *sql.Tx) error
}

// New makes a library on an open database, whose clock is the library's.
func New(db *database.DB) *Library {
	l := &Library{db: db, now: db.Now}
	l.feed = newFeed(l)
	l.notifier = newNotifier(l.feed)
	return l
}

// Now is the library's clock.
func (l *Library) Now() time.Time { return l.now() }

// Ping asks whether the database answers.
func (l *Library) Ping(ctx context.Context) error { return l.db.Ping(ctx) }

// NewID makes the ID of an upload or an asset: 128 random bits in hexadecimal, so
// that nobody can guess it.
func NewID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, by its documentation
	return hex.EncodeToString(b[:])
}

// Subscribe returns a channel that is notified after each change of an upload by
// this process, and a function that ends the subscription. Notifications are
// merged, so read the row after each. Changes by other replicas send none.
func (l *Library) Subscribe(uploadID string) (changes <-chan struct{}, stop func()) {
	return l.notifier.subscribe(uploadID)
}

// Work returns a channel that is notified when relays may have become due in this
// process.
func (l *Library) Work() <-chan struct{} { return l.notifier.relays }

// underLease runs fn in a durable transaction that the lease was checked in, and
// notifies the upload's subscribers.
func (l *Library) underLease(ctx context.Context, held LeaseCheck, uploadID string, fn func(*sql.Tx) error) error {
	err := l.db.Durable(ctx, func(tx *sql.Tx) error {
		if err := held.Check(ctx, tx); err != nil {
			return err
		}
		return fn(tx)
	})
	if err == nil {
		l.notifier.uploadChanged(uploadID)
	}
	return err
}

// one runs a statement that must change exactly one row, or returns missing.
func one(ctx context.Context, tx *sql.Tx, missing error, query string, args ...any) error {
	result, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if err == nil && n != 1 {
		return missing
	}
	return err
}

// scanner is a row that is read: *sql.Row or *sql.Rows.
type scanner interface{ Scan(into ...any) error }

// querier is a database or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// list reads every row of a query.
func list[T any](ctx context.Context, from querier, read func(scanner) (T, error), query string, args ...any) (items []T, err error) {
	rows, err := from.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		item, err := read(rows)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, rows.Err()
}

func notFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}

func millis(t time.Time) int64 { return t.UnixMilli() }

func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// toJSON writes v as JSON, and a nil pointer as the empty text.
func toJSON[T any](v *T) (string, error) {
	if v == nil {
		return "", nil
	}
	text, err := json.Marshal(v)
	return string(text), err
}

func fromJSON[T any](text string) (*T, error) {
	if text == "" {
		return nil, nil
	}
	v := new(T)
	if err := json.Unmarshal([]byte(text), v); err != nil {
		return nil, fmt.Errorf("read a stored value: %w", err)
	}
	return v, nil
}
