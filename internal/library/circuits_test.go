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
		Channel: "acme", Cause: "auth", Began: time.Unix(1_800_000_000+began, 0),
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
		other := failed(0, time.Hour)
		other.Channel = "other"
		fail(t, l, other)
		if due := dueRelays(t, l); len(due) != 2 || due[0].Probe {
			t.Errorf("due: %+v, want both", due)
		}
		fail(t, l, failed(0, time.Hour))
		if due := dueRelays(t, l); len(due) != 0 {
			t.Errorf("due: %+v, want none", due)
		}
		if _, err := l.OpenRelay(t.Context(), "u1"); err == nil {
			t.Error("a relay of a channel at rest is open")
		}
		move(time.Hour)
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

		revived, err := l.ReviveCircuit(t.Context(), "acme", "auth")
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

func TestAnotherCauseIsNotRevived(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		fail(t, l, failed(0, time.Hour))
		revived, err := l.ReviveCircuit(t.Context(), "acme", "rate")
		must(t, err)
		open, err := l.OpenCircuits(t.Context())
		must(t, err)
		if revived || len(open) != 1 || open[0].Channel != "acme" || open[0].Problem == nil {
			t.Errorf("revived %v, open %+v", revived, open)
		}
	})
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
