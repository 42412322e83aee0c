package breaker_test

import (
	"testing"
	"time"

	"mediarelay/internal/breaker"
)

func TestAnOpenBreakerPausesItsChannelOnly(t *testing.T) {
	each(t, func(t *testing.T, b *fixture) {
		move := useTestClock(b)
		finished(t, b, "u1")
		finished(t, b, "u2")
		other := failed(0, 15*time.Minute)
		other.Channel = "other"
		fail(t, b, other)
		if due := dueRelays(t, b); len(due) != 2 || due[0].Probe {
			t.Errorf("due: %+v, want both", due)
		}
		fail(t, b, failed(0, 15*time.Minute))
		if due := dueRelays(t, b); len(due) != 0 {
			t.Errorf("due: %+v, want none", due)
		}
		if _, err := b.library.OpenRelay(t.Context(), "u1"); err == nil {
			t.Error("a relay of a paused channel is open")
		}
		move(15 * time.Minute)
		if due := dueRelays(t, b); len(due) != 2 || !due[0].Probe || !due[1].Probe {
			t.Errorf("due: %+v, want both as probes", due)
		}
	})
}

func TestABreakerCountsFailuresInARow(t *testing.T) {
	each(t, func(t *testing.T, b *fixture) {
		move := useTestClock(b)
		for want := 1; want <= 3; want++ {
			if c := fail(t, b, failed(0, 0)); c.Failures != want || c.Open() {
				t.Fatalf("after %d failures: %+v", want, c)
			}
		}
		_, err := b.RecordSuccess(t.Context(), "acme", time.Unix(1_800_000_000, 0))
		must(t, err)
		if c := fail(t, b, failed(0, time.Minute)); c.Failures != 1 || !c.Open() {
			t.Fatalf("after a success: %+v", c)
		}

		move(time.Second)
		late := fail(t, b, failed(-5, time.Second))
		if late.Failures != 1 || !late.ProbeAt.Equal(time.Unix(1_800_000_060, 0)) {
			t.Errorf("a failure that began before the trip: %+v", late)
		}
		for began, second := range map[string]int64{"before the trip": 1_799_999_999, "during the cool-down": 1_800_000_059} {
			closed, err := b.RecordSuccess(t.Context(), "acme", time.Unix(second, 0))
			must(t, err)
			if closed {
				t.Errorf("a success that began %s closed the breaker", began)
			}
		}
		if c := fail(t, b, failed(60, 10*time.Minute)); c.Failures != 2 || !c.OpenedAt.Equal(time.Unix(1_800_000_000, 0)) {
			t.Errorf("a probe that failed: %+v", c)
		}
	})
}

// A failure that needs an operator is remembered in whatever order the failures of a
// channel are recorded, so that another key closes the breaker.
func TestResetClosesABreakerThatNeedsAnOperator(t *testing.T) {
	const auth, rate, temporary = "auth", "rate", "temporary"
	type met struct {
		cause string
		began int64 // seconds after the start of the test; the breaker trips at 10
	}
	for _, tt := range []struct {
		name  string
		met   []met
		cause string
		shows string // the cause whose problem is shown
		reset bool
	}{
		{"the key alone", []met{{auth, 9}}, auth, "first", true},
		{"a late failure after the key", []met{{auth, 9}, {rate, 8}}, auth, "first", true},
		{"a late failure of the key after another", []met{{rate, 9}, {auth, 8}}, auth, "second", true},
		{"late failures of the key alone", []met{{auth, 9}, {auth, 8}}, auth, "first", true},
		{"the key after the probe", []met{{rate, 9}, {auth, 11}}, auth, "second", true},
		{"the probe fails otherwise", []met{{auth, 9}, {temporary, 11}}, auth, "first", true},
		{"the probe fails of the key again", []met{{auth, 9}, {auth, 11}}, auth, "second", true},
		{"the key between others", []met{{rate, 9}, {auth, 8}, {temporary, 11}}, auth, "second", true},
		{"a late failure of another cause", []met{{rate, 9}, {temporary, 8}}, rate, "first", false},
		{"the probe fails of another cause", []met{{rate, 9}, {temporary, 11}}, temporary, "second", false},
	} {
		each(t, func(t *testing.T, b *fixture) {
			move := useTestClock(b)
			move(10 * time.Second)
			var c breaker.Circuit
			for i, m := range tt.met {
				f := failed(m.began, time.Second)
				f.Cause, f.NeedsOperator, f.Problem.Detail = m.cause, m.cause == auth, []string{"first", "second", "third"}[i]
				c = fail(t, b, f)
				move(time.Second)
			}
			if c.Cause != tt.cause || c.Problem.Detail != tt.shows {
				t.Errorf("%s: cause %q, problem of the %s failure, want %q and the %s", tt.name, c.Cause, c.Problem.Detail, tt.cause, tt.shows)
			}
			if reset, err := b.Reset(t.Context(), "acme"); err != nil || reset != tt.reset {
				t.Errorf("%s: reset %v, %v, want %v", tt.name, reset, err, tt.reset)
			}
		})
	}
}

func TestResetLeavesABreakerThatClosesByItself(t *testing.T) {
	each(t, func(t *testing.T, b *fixture) {
		f := failed(0, 10*time.Minute)
		f.Cause, f.NeedsOperator = "rate", false
		fail(t, b, f)
		reset, err := b.Reset(t.Context(), "acme")
		must(t, err)
		open, err := b.Open(t.Context())
		must(t, err)
		if reset || len(open) != 1 || open[0].Channel != "acme" || open[0].Problem == nil {
			t.Errorf("reset %v, open %+v", reset, open)
		}
	})
}

// A channel counts as down until a request succeeds, even after its breaker was reset.
func TestAChannelIsDownUntilASuccess(t *testing.T) {
	each(t, func(t *testing.T, b *fixture) {
		useTestClock(b)
		finished(t, b, "u1")
		resetting := func() error { _, err := b.Reset(t.Context(), "acme"); return err }
		closing := func() error {
			_, err := b.RecordSuccess(t.Context(), "acme", time.Unix(1_800_000_000, 0))
			return err
		}
		tripping := func() error { fail(t, b, failed(0, time.Nanosecond)); return nil }
		counting := func() error {
			f := failed(0, 0)
			f.Cause, f.NeedsOperator = "temporary", false
			fail(t, b, f)
			return nil
		}
		for _, step := range []struct {
			name        string
			do          func() error
			probe, down bool
		}{
			{"a failure that is only counted", counting, false, false},
			{"tripped", tripping, true, true},
			{"reset", resetting, false, true},
			{"another failure", counting, false, true},
			{"a success", closing, false, false},
		} {
			must(t, step.do())
			r, err := b.library.OpenRelay(t.Context(), "u1")
			must(t, err)
			if r.Probe != step.probe || r.ChannelDown != step.down {
				t.Errorf("%s: a probe %v, down %v, want %v and %v", step.name, r.Probe, r.ChannelDown, step.probe, step.down)
			}
		}
	})
}

// A failure of a request that began before the trip changes nothing, unless it is the
// first one that needs an operator.
func TestALateFailureMovesNoCoolDown(t *testing.T) {
	tripped := time.Unix(1_800_000_000, 0)
	for _, tt := range []struct {
		name        string
		first, late bool // whether it needs an operator
		want        time.Time
	}{
		{"both pass", false, false, tripped.Add(time.Minute)},
		{"the late one is the first that needs an operator", false, true, tripped.Add(time.Second + 10*time.Minute)},
		{"the late one passes, the first does not", true, false, tripped.Add(time.Minute)},
		{"both need an operator", true, true, tripped.Add(time.Minute)},
	} {
		each(t, func(t *testing.T, b *fixture) {
			move := useTestClock(b)
			f := failed(0, time.Minute)
			f.NeedsOperator = tt.first
			fail(t, b, f)
			move(time.Second)
			f = failed(-5, 10*time.Minute)
			f.NeedsOperator = tt.late
			if c := fail(t, b, f); !c.ProbeAt.Equal(tt.want) || c.Failures != 1 {
				t.Errorf("%s: %d failures, the probe at %v, want 1 and %v", tt.name, c.Failures, c.ProbeAt, tt.want)
			}
		})
	}
}

// Operators are told when a channel pauses and when the cause changes, not at each probe.
func TestAPauseChangesOnce(t *testing.T) {
	each(t, func(t *testing.T, b *fixture) {
		move := useTestClock(b)
		busy := failed(0, time.Minute)
		busy.Cause, busy.NeedsOperator = "rate", false
		for i, step := range []struct {
			failure breaker.Failure
			changed bool
		}{
			{failed(0, 0), false}, {busy, true}, {busy, false}, {failed(0, time.Minute), true}, {failed(0, time.Minute), false}, {busy, false},
		} {
			step.failure.Began = b.library.Now()
			if c := fail(t, b, step.failure); c.Changed != step.changed {
				t.Errorf("step %d: %+v", i, c)
			}
			move(2 * time.Minute)
		}
	})
}
