package lease

import (
	"errors"
	"testing"
	"time"

	"mediarelay/internal/database"
	"mediarelay/internal/database/databasetest"
)

// All keepers take the database's word for the time, whatever their hosts' clocks say,
// so none takes a lease that lives, and each takes one that has died.
func TestLeasesLiveByTheDatabasesClock(t *testing.T) {
	databasetest.EachMoved(t, func(t *testing.T, db *database.DB, move func(time.Duration)) {
		holder, other := NewKeeper(db), NewKeeper(db)
		acquire(t, holder, "relay/x")
		for range 3 { // as it was taken, and as it was renewed
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
