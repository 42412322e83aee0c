package breaker_test

import (
	"testing"
	"time"

	"mediarelay/internal/database"
	"mediarelay/internal/database/databasetest"
	"mediarelay/internal/library"
)

// Replicas go by the database's time, whatever their hosts' clocks say: a cool-down or a
// wait that one of them records lasts as long for all of them.
func TestRelaysAndChannelsWaitByTheDatabasesClock(t *testing.T) {
	databasetest.EachMoved(t, func(t *testing.T, db *database.DB, move func(time.Duration)) {
		b := newFixture(db)
		finished(t, b, "u1")
		wantDue := func(when string, want int) {
			t.Helper()
			if due := dueRelays(t, b); len(due) != want {
				t.Errorf("%s: due %+v, want %d", when, due, want)
			}
		}
		f := failed(0, 10*time.Minute)
		f.Began = b.library.Now()
		fail(t, b, f)
		move(9 * time.Minute)
		wantDue("a paused channel", 0)
		move(time.Minute)
		wantDue("a half-open channel", 1)
		closed, err := b.RecordSuccess(t.Context(), "acme", b.library.Now())
		must(t, err)
		if !closed {
			t.Error("a success after the trip did not close the breaker")
		}
		must(t, b.library.ScheduleRetry(t.Context(), held, "u1", library.Retry{At: b.library.Now().Add(10 * time.Minute)}))
		move(9 * time.Minute)
		wantDue("a relay that waits for its retry", 0)
		move(time.Minute)
		wantDue("a relay that is due", 1)
	})
}
