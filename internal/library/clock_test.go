package library_test

import (
	"testing"
	"time"

	"mediarelay/internal/database"
	"mediarelay/internal/database/databasetest"
	"mediarelay/internal/library"
)

// Replicas take the database's word for the time, whatever their hosts' clocks say:
// what one stops or puts off rests for all as long, and no longer.
func TestRelaysAndChannelsWaitByTheDatabasesClock(t *testing.T) {
	databasetest.EachMoved(t, func(t *testing.T, db *database.DB, move func(time.Duration)) {
		l := library.New(db)
		finished(t, l, "u1")
		wantDue := func(when string, want int) {
			t.Helper()
			if due := dueRelays(t, l); len(due) != want {
				t.Errorf("%s: due %+v, want %d", when, due, want)
			}
		}
		f := failed(0, 10*time.Minute)
		f.Began = l.Now()
		fail(t, l, f)
		move(9 * time.Minute)
		wantDue("a channel at rest", 0)
		move(time.Minute)
		wantDue("a channel to be tried", 1)
		closed, err := l.CloseCircuit(t.Context(), "acme", l.Now())
		must(t, err)
		if !closed {
			t.Error("a success after the stop did not close the circuit")
		}
		must(t, l.PostponeRelay(t.Context(), held, "u1", library.Postponement{Until: l.Now().Add(10 * time.Minute)}))
		move(9 * time.Minute)
		wantDue("a relay that was put off", 0)
		move(time.Minute)
		wantDue("a relay whose time has come", 1)
	})
}
