// Package limit keeps the limits of others before they have to: a rate at which
// requests may leave, and a number of errors that a stretch of time may hold.
// What is used up is in the database, so all replicas together keep one limit,
// and a restart forgets nothing.
//
// It leaves to others what is limited and how strictly: names and numbers come
// from the caller, and what one name uses up is nothing to another.
package limit

import (
	"context"
	"database/sql"
	"time"
)

// Database is what limits need: cheap transactions that survive the process.
// After a power cut a limit begins anew, some seconds after its last use.
type Database interface {
	Relaxed(ctx context.Context, fn func(*sql.Tx) error) error
	// Now is the clock of all limits on the database.
	Now() time.Time
}

// Limits is safe for use by many goroutines.
type Limits struct {
	db  Database
	now func() time.Time
}

// New makes limits on a database. The clock is the database's where it is nil.
func New(db Database, now func() time.Time) *Limits {
	if now == nil {
		now = db.Now
	}
	return &Limits{db: db, now: now}
}
