package limit_test

import (
	"testing"
	"time"

	"mediarelay/internal/database"
	"mediarelay/internal/database/databasetest"
	"mediarelay/internal/limit"
)

// Replicas use the database's clock, whatever their hosts' clocks say, so they share one
// bucket.
func TestTokensRefillByDatabaseClock(t *testing.T) {
	databasetest.EachMoved(t, func(t *testing.T, db *database.DB, move func(time.Duration)) {
		l := limit.New(db, nil)
		const tokens = 400 // worth 18 s, longer than the loop takes on any machine
		for range tokens {
			reserve(t, l, "acme")
		}
		if wait := reserve(t, l, "acme"); wait == 0 {
			t.Error("there are more tokens than the time allows")
		}
		move(tokens * perSecond.Every)
		if wait := reserve(t, l, "acme"); wait != 0 {
			t.Errorf("waits %v after the tokens were refilled", wait)
		}
	})
}

// A booked error counts for the window by the shared clock.
func TestErrorsExpireByDatabaseClock(t *testing.T) {
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
