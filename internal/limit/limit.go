// Package limit enforces the limits of a remote API on this side: a rate of requests, and
// a number of errors in a time window. The state is in the database, so all replicas
// share one limit and a restart keeps it.
//
// It leaves to others what is limited and how strictly: names and numbers come from the
// caller. Names are independent of each other.
package limit

import (
	"context"
	"database/sql"
	"time"
)

// Database runs transactions that survive a crash of the process. They need not survive a
// power cut: a limit then starts from a state that is a few seconds old.
type Database interface {
	Relaxed(ctx context.Context, fn func(*sql.Tx) error) error
	// Now is the clock that all limits on the database share.
	Now() time.Time
}

// Limits enforces limits by name. It is safe for concurrent use.
type Limits struct {
	db  Database
	now func() time.Time
}

// New returns limits on a database. If now is nil, they use the database's clock.
func New(db Database, now func() time.Time) *Limits {
	if now == nil {
		now = db.Now
	}
	return &Limits{db: db, now: now}
}
