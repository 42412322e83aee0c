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

// A trip in the future would be later than every success until then.
func TestATripByAClockThatWasAheadIsOld(t *testing.T) {
	for name, then := range map[string]func(*testing.T, *fixture){
		"a success closes it": func(t *testing.T, b *fixture) {
			closed, err := b.RecordSuccess(t.Context(), "acme", time.Unix(1_800_000_000, 0))
			must(t, err)
			if !closed {
				t.Error("the breaker stays open")
			}
		},
		"a failure counts, and trips it now": func(t *testing.T, b *fixture) {
			c := fail(t, b, failed(0, time.Minute))
			if c.Failures != 2 || !c.OpenedAt.Equal(time.Unix(1_800_000_000, 0)) || !c.ProbeAt.Equal(time.Unix(1_800_000_060, 0)) {
				t.Errorf("%+v", c)
			}
		},
	} {
		each(t, func(t *testing.T, b *fixture) {
			t.Log(name)
			move := useTestClock(b)
			move(24 * time.Hour)
			fail(t, b, failed(24*3600, time.Minute))
			move(-24 * time.Hour)
			then(t, b)
		})
	}
}

// After a clock is set back by less than an hour, nothing waits longer than the longest wait.
func TestAClockThatIsSetBackDelaysNothingForLong(t *testing.T) {
	const longest = 16 * time.Minute // a quarter of an hour, and a minute
	each(t, func(t *testing.T, b *fixture) {
		move := useTestClock(b)
		move(50 * time.Minute)
		finished(t, b, "u1")
		fail(t, b, failed(50*60, 15*time.Minute))
		move(-50 * time.Minute)
		if due := dueRelays(t, b); len(due) != 1 || !due[0].Probe {
			t.Errorf("50 minutes back: due %+v, want the one, as a probe", due)
		}
		must(t, b.library.ScheduleRetry(t.Context(), held, "u1", library.Retry{At: time.Unix(1_800_000_000, 0).Add(longest)}))
		if due := dueRelays(t, b); len(due) != 0 {
			t.Errorf("due %+v before the longest wait is over", due)
		}
	})
}

// Clocks that differ by up to a minute do not tell which event came first.
func TestTripOneMinuteAheadIsAccepted(t *testing.T) {
	each(t, func(t *testing.T, b *fixture) {
		move := useTestClock(b)
		move(time.Minute)
		fail(t, b, failed(60, time.Minute))
		move(-time.Minute)
		closed, err := b.RecordSuccess(t.Context(), "acme", time.Unix(1_800_000_000, 0))
		must(t, err)
		if closed {
			t.Error("an earlier success closed the breaker")
		}
	})
}
