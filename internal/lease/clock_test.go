package lease

import (
	"errors"
	"testing"
	"time"

	"mediarelay/internal/database/databasetest"
)

// wrongBy are how much a host's clock may be wrong: far more than a lease lives,
// and than is believable.
var wrongBy = []time.Duration{time.Hour, -time.Hour}

func TestLeasesLiveByTheDatabasesClock(t *testing.T) {
	db := databasetest.SQLite(t)
	acquire(t, NewKeeper(db), "relay/x")
	db.UseWallClock(func() time.Time { return time.Now().Add(TimeToLive + time.Second) })
	acquire(t, NewKeeper(db), "relay/x")
}

// Replicas take the database's word for the time, so none takes a lease that lives.
func TestAReplicaWhoseClockIsWrongTakesNoLiveLease(t *testing.T) {
	for _, by := range wrongBy {
		t.Run(by.String(), func(t *testing.T) {
			dbRight, dbWrong := databasetest.Apart(t, by)
			right, wrong := NewKeeper(dbRight), NewKeeper(dbWrong)
			acquire(t, right, "relay/right")
			acquire(t, wrong, "relay/wrong")
			for range 2 { // as they were taken, and as they were renewed
				if _, err := wrong.Acquire(t.Context(), "relay/right"); !errors.Is(err, ErrHeld) {
					t.Errorf("the wrong one: got %v, want ErrHeld", err)
				}
				if _, err := right.Acquire(t.Context(), "relay/wrong"); !errors.Is(err, ErrHeld) {
					t.Errorf("the right one: got %v, want ErrHeld", err)
				}
				right.heartbeat(t.Context())
				wrong.heartbeat(t.Context())
			}
		})
	}
}
