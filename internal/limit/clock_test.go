package limit_test

import (
	"testing"
	"time"

	"mediarelay/internal/database"
	"mediarelay/internal/database/databasetest"
	"mediarelay/internal/limit"
)

// Replicas take the database's word for the time, whatever their hosts' clocks say,
// so their tokens come from one bucket.
func TestTokensComeByTheDatabasesClock(t *testing.T) {
	databasetest.EachMoved(t, func(t *testing.T, db *database.DB, move func(time.Duration)) {
		l := limit.New(db, nil)
		const tokens = 400 // of 18 s: no machine is that slow
		for range tokens {
			reserve(t, l, "acme")
		}
		if wait := reserve(t, l, "acme"); wait == 0 {
			t.Error("there are more tokens than come in the time")
		}
		move(tokens * perSecond.Every)
		if wait := reserve(t, l, "acme"); wait != 0 {
			t.Errorf("%v to wait when the tokens have come", wait)
		}
	})
}

// An error that one replica booked holds for the window of all.
func TestErrorsAreForgottenByTheDatabasesClock(t *testing.T) {
	databasetest.EachMoved(t, func(t *testing.T, db *database.DB, move func(time.Duration)) {
		l := limit.New(db, nil)
		for range once.Errors {
			try(t, l, "acme")
		}
		move(once.Window - time.Minute)
		wantSpent(t, l, "acme")
		move(2 * time.Minute)
		try(t, l, "acme")
	})
}
