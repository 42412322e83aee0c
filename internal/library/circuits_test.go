package library_test

import (
	"testing"
	"time"

	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/reason"
)

// newMoved gives a library a clock that the test moves.
func newMoved(l *library.Library) func(time.Duration) {
	now := time.Unix(1_800_000_000, 0)
	l.UseClock(func() time.Time { return now })
	return func(by time.Duration) { now = now.Add(by) }
}

// failed is a failure of channel acme that stops it, and the time when it began.
func failed(began int64, rest time.Duration) library.Failure {
	return library.Failure{
		Channel: "acme", Cause: "auth", ShutsOut: true, Began: time.Unix(1_800_000_000+began, 0),
		Problem: library.Problem{Reason: reason.Reason{Code: reason.ProviderAccount}, Retryable: true, Detail: "HTTP 401"},
		Rest:    func(int) time.Duration { return rest },
	}
}

func fail(t *testing.T, l *library.Library, f library.Failure) library.Circuit {
	t.Helper()
	c, err := l.FailCircuit(t.Context(), f)
	must(t, err)
	return c
}

func TestAStoppedChannelRestsAndOthersDoNot(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		move := newMoved(l)
		finished(t, l, "u1")
		finished(t, l, "u2")
		other := failed(0, 15*time.Minute)
		other.Channel = "other"
		fail(t, l, other)
		if due := dueRelays(t, l); len(due) != 2 || due[0].Probe {
			t.Errorf("due: %+v, want both", due)
		}
		fail(t, l, failed(0, 15*time.Minute))
		if due := dueRelays(t, l); len(due) != 0 {
			t.Errorf("due: %+v, want none", due)
		}
		if _, err := l.OpenRelay(t.Context(), "u1"); err == nil {
			t.Error("a relay of a channel at rest is open")
		}
		move(15 * time.Minute)
		if due := dueRelays(t, l); len(due) != 2 || !due[0].Probe || !due[1].Probe {
			t.Errorf("due: %+v, want both as probes", due)
		}
	})
}

// Who waits is told why, at once and with a new version, and only while it holds.
func TestWaitingUploadsShowWhyTheirChannelStopped(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		finished(t, l, "waits")
		finished(t, l, "ended")
		must(t, l.FailUpload(t.Context(), held, "ended", library.Problem{Reason: reason.Reason{Code: reason.BytesGone}}))
		before := wantState(t, l, "waits", library.StateChecking)

		fail(t, l, failed(0, time.Hour))
		stopped := wantState(t, l, "waits", library.StateChecking)
		if stopped.Problem == nil || stopped.Problem.Reason.Code != reason.ProviderAccount || stopped.Version <= before.Version {
			t.Errorf("problem %+v, version %d after %d", stopped.Problem, stopped.Version, before.Version)
		}
		if u := wantState(t, l, "ended", library.StateFailed); u.Problem.Reason.Code != reason.BytesGone {
			t.Errorf("an ended upload shows %+v", u.Problem)
		}
		finished(t, l, "late")
		if u := wantState(t, l, "late", library.StateChecking); u.Problem == nil {
			t.Error("an upload that came later shows nothing")
		}

		revived, err := l.ReviveCircuit(t.Context(), "acme")
		must(t, err)
		if u := wantState(t, l, "waits", library.StateChecking); !revived || u.Problem != nil || u.Version <= stopped.Version {
			t.Errorf("revived %v: problem %+v, version %d", revived, u.Problem, u.Version)
		}
	})
}

func TestACircuitCountsFailuresInARow(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		move := newMoved(l)
		for want := 1; want <= 3; want++ {
			if c := fail(t, l, failed(0, 0)); c.Failures != want || c.Open() {
				t.Fatalf("after %d failures: %+v", want, c)
			}
		}
		_, err := l.CloseCircuit(t.Context(), "acme", time.Unix(1_800_000_000, 0))
		must(t, err)
		if c := fail(t, l, failed(0, time.Minute)); c.Failures != 1 || !c.Open() {
			t.Fatalf("after a success: %+v", c)
		}

		move(time.Second)
		late := fail(t, l, failed(-5, time.Second))
		if late.Failures != 1 || !late.ProbeAt.Equal(time.Unix(1_800_000_060, 0)) {
			t.Errorf("a failure that began before the stop: %+v", late)
		}
		closed, err := l.CloseCircuit(t.Context(), "acme", time.Unix(1_799_999_999, 0))
		must(t, err)
		if closed {
			t.Error("a success that began before the stop closed the circuit")
		}
		if c := fail(t, l, failed(60, time.Hour)); c.Failures != 2 || !c.OpenedAt.Equal(time.Unix(1_800_000_000, 0)) {
			t.Errorf("a probe that failed: %+v", c)
		}
	})
}

// What a channel that is shut out met with its key is remembered in whatever order
// the failures of its relays come, so that another key lets it go on.
func TestAShutOutChannelIsRevivedWhateverElseFailed(t *testing.T) {
	const auth, rate, temporary = "auth", "rate", "temporary"
	type met struct {
		cause string
		began int64 // after the start of the test; the channel stops at 10
	}
	for _, tt := range []struct {
		name    string
		met     []met
		cause   string
		shows   string // the cause whose problem is shown
		revived bool
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
		each(t, func(t *testing.T, l *library.Library) {
			move := newMoved(l)
			move(10 * time.Second)
			var c library.Circuit
			for i, m := range tt.met {
				f := failed(m.began, time.Second)
				f.Cause, f.ShutsOut, f.Problem.Detail = m.cause, m.cause == auth, []string{"first", "second", "third"}[i]
				c = fail(t, l, f)
				move(time.Second)
			}
			if c.Cause != tt.cause || c.Problem.Detail != tt.shows {
				t.Errorf("%s: cause %q, problem of the %s failure, want %q and the %s", tt.name, c.Cause, c.Problem.Detail, tt.cause, tt.shows)
			}
			if revived, err := l.ReviveCircuit(t.Context(), "acme"); err != nil || revived != tt.revived {
				t.Errorf("%s: revived %v, %v, want %v", tt.name, revived, err, tt.revived)
			}
		})
	}
}

// B8: a stop in the future would be later than every success until then.
func TestAStopByAClockThatWasAheadIsPast(t *testing.T) {
	for name, then := range map[string]func(*testing.T, *library.Library){
		"a success closes it": func(t *testing.T, l *library.Library) {
			closed, err := l.CloseCircuit(t.Context(), "acme", time.Unix(1_800_000_000, 0))
			must(t, err)
			if !closed {
				t.Error("the circuit stays open")
			}
		},
		"a failure counts, and stops it now": func(t *testing.T, l *library.Library) {
			c := fail(t, l, failed(0, time.Minute))
			if c.Failures != 2 || !c.OpenedAt.Equal(time.Unix(1_800_000_000, 0)) || !c.ProbeAt.Equal(time.Unix(1_800_000_060, 0)) {
				t.Errorf("%+v", c)
			}
		},
	} {
		each(t, func(t *testing.T, l *library.Library) {
			t.Log(name)
			move := newMoved(l)
			move(24 * time.Hour)
			fail(t, l, failed(24*3600, time.Minute))
			move(-24 * time.Hour)
			then(t, l)
		})
	}
}

// B8: a clock that goes back by less than an hour holds what was put off for no longer
// than anything waits.
func TestAClockThatGoesBackHoldsNothingForLong(t *testing.T) {
	const longest = 16 * time.Minute // a quarter of an hour, and a minute
	each(t, func(t *testing.T, l *library.Library) {
		move := newMoved(l)
		move(50 * time.Minute)
		finished(t, l, "u1")
		fail(t, l, failed(50*60, 15*time.Minute))
		move(-50 * time.Minute)
		if due := dueRelays(t, l); len(due) != 1 || !due[0].Probe {
			t.Errorf("50 minutes back: due %+v, want the one, as a probe", due)
		}
		must(t, l.PostponeRelay(t.Context(), held, "u1", library.Postponement{Until: time.Unix(1_800_000_000, 0).Add(longest)}))
		if due := dueRelays(t, l); len(due) != 0 {
			t.Errorf("due %+v before the longest wait is over", due)
		}
	})
}

// Clocks that differ by less say nothing of which came first.
func TestAStopThatIsAMinuteAheadIsBelieved(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		move := newMoved(l)
		move(time.Minute)
		fail(t, l, failed(60, time.Minute))
		move(-time.Minute)
		closed, err := l.CloseCircuit(t.Context(), "acme", time.Unix(1_800_000_000, 0))
		must(t, err)
		if closed {
			t.Error("an earlier success closed the circuit")
		}
	})
}

// An upload's version moves with what is shown of it, and with nothing else: the
// relays of a channel fail together, and many uploads wait.
func TestOnlyNewsMoveTheVersionsOfWaitingUploads(t *testing.T) {
	another, late := failed(0, time.Hour), failed(-1, 2*time.Hour)
	another.Problem.Detail, late.Problem.Detail = "HTTP 403", "HTTP 403"
	closing := func(t *testing.T, l *library.Library) {
		_, err := l.CloseCircuit(t.Context(), "acme", time.Unix(1_800_000_000, 0))
		must(t, err)
	}
	failing := func(f library.Failure) func(*testing.T, *library.Library) {
		return func(t *testing.T, l *library.Library) { fail(t, l, f) }
	}
	each(t, func(t *testing.T, l *library.Library) {
		newMoved(l)
		finished(t, l, "waits")
		version := wantState(t, l, "waits", library.StateChecking).Version
		for _, step := range []struct {
			name string
			do   func(*testing.T, *library.Library)
			news int64
		}{
			{"a failure that is only counted", failing(failed(0, 0)), 0},
			{"the count forgotten", closing, 0},
			{"the stop", failing(failed(0, time.Hour)), 1},
			{"a late failure", failing(failed(-1, time.Hour)), 0},
			{"a late failure that says it otherwise", failing(late), 0},
			{"the probe's failure, the same", failing(failed(0, time.Hour)), 0},
			{"the probe's failure, another", failing(another), 1},
			{"the end", closing, 1},
		} {
			step.do(t, l)
			now := wantState(t, l, "waits", library.StateChecking).Version
			if now-version != step.news {
				t.Errorf("%s: the version moved by %d, want %d", step.name, now-version, step.news)
			}
			version = now
		}
	})
}

func TestAChannelThatStoppedByItselfIsNotRevived(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		f := failed(0, time.Hour)
		f.Cause, f.ShutsOut = "rate", false
		fail(t, l, f)
		revived, err := l.ReviveCircuit(t.Context(), "acme")
		must(t, err)
		open, err := l.OpenCircuits(t.Context())
		must(t, err)
		if revived || len(open) != 1 || open[0].Channel != "acme" || open[0].Problem == nil {
			t.Errorf("revived %v, open %+v", revived, open)
		}
	})
}

// That nobody was served since is known until somebody is, also where the channel
// may go on.
func TestAChannelIsUnservedUntilASuccess(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		newMoved(l)
		finished(t, l, "u1")
		reviving := func() error { _, err := l.ReviveCircuit(t.Context(), "acme"); return err }
		closing := func() error {
			_, err := l.CloseCircuit(t.Context(), "acme", time.Unix(1_800_000_000, 0))
			return err
		}
		stopping := func() error { fail(t, l, failed(0, time.Nanosecond)); return nil }
		counting := func() error {
			f := failed(0, 0)
			f.Cause, f.ShutsOut = "temporary", false
			fail(t, l, f)
			return nil
		}
		for _, step := range []struct {
			name            string
			do              func() error
			probe, unserved bool
		}{
			{"a failure that is only counted", counting, false, false},
			{"shut out", stopping, true, true},
			{"revived", reviving, false, true},
			{"another failure", counting, false, true},
			{"served", closing, false, false},
		} {
			must(t, step.do())
			r, err := l.OpenRelay(t.Context(), "u1")
			must(t, err)
			if r.Probe != step.probe || r.Unserved != step.unserved {
				t.Errorf("%s: a probe %v, unserved %v, want %v and %v", step.name, r.Probe, r.Unserved, step.probe, step.unserved)
			}
		}
	})
}

// A failure of a request that began before the stop, which comes late, moves
// nothing, unless it is the first that shuts the channel out.
func TestALateFailureMovesNoRest(t *testing.T) {
	stopped := time.Unix(1_800_000_000, 0)
	for _, tt := range []struct {
		name        string
		first, late bool // whether it shuts out
		want        time.Time
	}{
		{"of what passes", false, false, stopped.Add(time.Minute)},
		{"the first that shuts out", false, true, stopped.Add(time.Second + time.Hour)},
		{"of what passes, after one that shut out", true, false, stopped.Add(time.Minute)},
		{"another that shuts out", true, true, stopped.Add(time.Minute)},
	} {
		each(t, func(t *testing.T, l *library.Library) {
			move := newMoved(l)
			f := failed(0, time.Minute)
			f.ShutsOut = tt.first
			fail(t, l, f)
			move(time.Second)
			f = failed(-5, time.Hour)
			f.ShutsOut = tt.late
			if c := fail(t, l, f); !c.ProbeAt.Equal(tt.want) || c.Failures != 1 {
				t.Errorf("%s: %d failures, the next try at %v, want 1 and %v", tt.name, c.Failures, c.ProbeAt, tt.want)
			}
		})
	}
}

// A worker that dies while it sends leaves a mark; one that ends in any way does not.
func TestAnAttemptWhoseOutcomeIsUnknownIsMarked(t *testing.T) {
	copyOf := library.Copy{Copy: media.CopyMediaID, Value: "1", ExpiresAt: time.Unix(1_900_000_000, 0)}
	for _, tt := range []struct {
		name string
		then func(l *library.Library) error
		want bool
	}{
		{"died", func(*library.Library) error { return nil }, true},
		{"postponed", func(l *library.Library) error {
			return l.PostponeRelay(t.Context(), held, "u1", library.Postponement{Uncounted: true})
		}, false},
		{"handed on", func(l *library.Library) error { return l.YieldRelay(t.Context(), held, "u1") }, false},
		{"recorded", func(l *library.Library) error {
			_, err := l.RecordCopy(t.Context(), held, library.Asset{ID: "a1", Channel: "acme", SHA256: "digest of u1", UploadID: "u1"}, copyOf)
			return err
		}, false},
	} {
		each(t, func(t *testing.T, l *library.Library) {
			finished(t, l, "u1")
			must(t, l.BeginAttempt(t.Context(), held, "u1", time.Unix(0, 0)))
			must(t, l.BeginSending(t.Context(), held, "u1"))
			must(t, tt.then(l))
			r, err := l.OpenRelay(t.Context(), "u1")
			must(t, err)
			if r.Sending != tt.want {
				t.Errorf("%s: sending is %v", tt.name, r.Sending)
			}
			if counted := r.Attempts == 1; counted != (tt.name == "died" || tt.name == "recorded") {
				t.Errorf("%s: %d attempts", tt.name, r.Attempts)
			}
		})
	}
}

func TestWaitingRelaysAreCounted(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		move := newMoved(l)
		finished(t, l, "u1")
		move(time.Minute)
		finished(t, l, "u2")
		finished(t, l, "u3")
		must(t, l.FailUpload(t.Context(), held, "u3", library.Problem{}))
		waiting, err := l.WaitingRelays(t.Context())
		must(t, err)
		if len(waiting) != 1 || waiting[0].Relays != 2 || waiting[0].Oldest.Unix() != 1_800_000_000 {
			t.Errorf("waiting: %+v", waiting)
		}
	})
}
