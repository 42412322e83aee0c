package breaker_test

import (
	"testing"
	"time"

	"mediarelay/internal/breaker"
	"mediarelay/internal/library"
	"mediarelay/internal/reason"
)

// A waiting upload shows the channel's problem at once, with a new version, and only
// while the channel is paused.
func TestWaitingUploadsShowWhyTheirChannelIsPaused(t *testing.T) {
	each(t, func(t *testing.T, b *fixture) {
		finished(t, b, "waits")
		finished(t, b, "ended")
		must(t, b.library.FailUpload(t.Context(), held, "ended", library.Problem{Reason: reason.Reason{Code: reason.BytesGone}}))
		before := wantState(t, b, "waits", library.StateChecking)

		fail(t, b, failed(0, 10*time.Minute))
		paused := wantState(t, b, "waits", library.StateChecking)
		if paused.Problem == nil || paused.Problem.Reason.Code != reason.ProviderAccount || paused.Version <= before.Version {
			t.Errorf("problem %+v, version %d after %d", paused.Problem, paused.Version, before.Version)
		}
		if u := wantState(t, b, "ended", library.StateFailed); u.Problem.Reason.Code != reason.BytesGone {
			t.Errorf("an ended upload shows %+v", u.Problem)
		}
		finished(t, b, "late")
		if u := wantState(t, b, "late", library.StateChecking); u.Problem == nil {
			t.Error("an upload that came later shows nothing")
		}

		reset, err := b.Reset(t.Context(), "acme")
		must(t, err)
		if u := wantState(t, b, "waits", library.StateChecking); !reset || u.Problem != nil || u.Version <= paused.Version {
			t.Errorf("reset %v: problem %+v, version %d", reset, u.Problem, u.Version)
		}
	})
}

// An upload's version moves only if what it shows has changed: the relays of a channel
// fail together, and many uploads wait.
func TestOnlyAnotherProblemMovesTheVersionsOfWaitingUploads(t *testing.T) {
	another, late := failed(0, 10*time.Minute), failed(-1, 12*time.Minute)
	another.Problem.Detail, late.Problem.Detail = "HTTP 403", "HTTP 403"
	succeeding := func(began time.Duration) func(*testing.T, *fixture) {
		return func(t *testing.T, b *fixture) {
			_, err := b.RecordSuccess(t.Context(), "acme", time.Unix(1_800_000_000, 0).Add(began))
			must(t, err)
		}
	}
	failing := func(f breaker.Failure) func(*testing.T, *fixture) {
		return func(t *testing.T, b *fixture) { fail(t, b, f) }
	}
	each(t, func(t *testing.T, b *fixture) {
		useTestClock(b)
		finished(t, b, "waits")
		version := wantState(t, b, "waits", library.StateChecking).Version
		for _, step := range []struct {
			name  string
			do    func(*testing.T, *fixture)
			moved int64
		}{
			{"a failure that is only counted", failing(failed(0, 0)), 0},
			{"a success", succeeding(0), 0},
			{"the trip", failing(failed(0, 10*time.Minute)), 1},
			{"a late failure", failing(failed(-1, 10*time.Minute)), 0},
			{"a late failure with another problem", failing(late), 0},
			{"the probe fails the same way", failing(failed(0, 10*time.Minute)), 0},
			{"the probe fails another way", failing(another), 1},
			{"a success during the cool-down", succeeding(time.Minute), 0},
			{"the probe succeeds", succeeding(10 * time.Minute), 1},
		} {
			step.do(t, b)
			now := wantState(t, b, "waits", library.StateChecking).Version
			if now-version != step.moved {
				t.Errorf("%s: the version moved by %d, want %d", step.name, now-version, step.moved)
			}
			version = now
		}
	})
}

// A change of a channel writes no upload's row, since thousands may wait. The versions of
// its uploads still grow, at the end of an upload too and when the channel changes later.
func TestAChangeOfAChannelWritesNoUpload(t *testing.T) {
	each(t, func(t *testing.T, b *fixture) {
		finished(t, b, "waits")
		finished(t, b, "ends")
		written := func() (sum int64) {
			must(t, b.library.Read().QueryRowContext(t.Context(), "SELECT SUM(version) FROM uploads").Scan(&sum))
			return sum
		}
		before := written()
		for range 3 {
			fail(t, b, failed(0, 10*time.Minute))
			_, err := b.Reset(t.Context(), "acme")
			must(t, err)
		}
		if after := written(); after != before {
			t.Errorf("the rows' versions moved by %d", after-before)
		}
		waited := wantState(t, b, "ends", library.StateChecking).Version
		must(t, b.library.FailUpload(t.Context(), held, "ends", library.Problem{Reason: reason.Reason{Code: reason.BytesGone}, Retryable: true}))
		ended := wantState(t, b, "ends", library.StateFailed).Version
		fail(t, b, failed(0, 10*time.Minute))
		if again := wantState(t, b, "ends", library.StateFailed).Version; ended <= waited || again != ended {
			t.Errorf("versions %d waiting, %d ended, %d after a change of the channel", waited, ended, again)
		}
		must(t, b.library.RetryUpload(t.Context(), library.Caller{Channel: "acme", AnySubject: true}, "ends"))
		if retried := wantState(t, b, "ends", library.StateChecking).Version; retried <= ended {
			t.Errorf("version %d after the retry, %d before", retried, ended)
		}
	})
}
