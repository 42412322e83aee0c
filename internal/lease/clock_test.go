package lease

import (
	"errors"
	"testing"
	"time"

	"mediarelay/internal/database"
	"mediarelay/internal/database/databasetest"
)

// All keepers use the database's clock, whatever their hosts' clocks say. So none acquires
// a live lease, and each can acquire an expired one.
func TestLeasesExpireByDatabaseClock(t *testing.T) {
	databasetest.EachMoved(t, func(t *testing.T, db *database.DB, move func(time.Duration)) {
		holder, other := NewKeeper(db), NewKeeper(db)
		acquire(t, holder, "relay/x")
		for range 3 { // after the acquisition and after each renewal
			move(TimeToLive - time.Second)
			if _, err := other.Acquire(t.Context(), "relay/x"); !errors.Is(err, ErrHeld) {
				t.Fatalf("got %v, want ErrHeld", err)
			}
			holder.heartbeat(t.Context())
		}
		move(TimeToLive + time.Second)
		acquire(t, other, "relay/x")
	})
}
