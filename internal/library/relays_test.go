package library_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/preflight"
	"mediarelay/internal/reason"
)

// useTestClock gives a library a clock that the test moves.
func useTestClock(l *library.Library) (move func(time.Duration)) {
	now := time.Unix(1_800_000_000, 0)
	l.UseClock(func() time.Time { return now })
	return func(by time.Duration) { now = now.Add(by) }
}

// A worker that dies while it sends leaves the mark; every recorded outcome clears it.
func TestAnAttemptWhoseOutcomeIsUnknownIsMarked(t *testing.T) {
	copyOf := library.Copy{Copy: media.CopyMediaID, Value: "1", ExpiresAt: time.Unix(1_900_000_000, 0)}
	for _, tt := range []struct {
		name string
		then func(l *library.Library) error
		want bool
	}{
		{"died", func(*library.Library) error { return nil }, true},
		{"retry scheduled", func(l *library.Library) error {
			return l.ScheduleRetry(t.Context(), held, "u1", library.Retry{Uncounted: true})
		}, false},
		{"handed over", func(l *library.Library) error { return l.HandOverRelay(t.Context(), held, "u1") }, false},
		{"recorded", func(l *library.Library) error {
			_, err := l.RecordCopy(t.Context(), held, library.Content{ID: "c1", Channel: "acme", SHA256: "digest of u1", UploadID: "u1"}, copyOf)
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
		move := useTestClock(l)
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

func TestARelayEndsInEachState(t *testing.T) {
	verdict := preflight.Verdict{Outcome: preflight.Accept, Kind: media.KindImage, Type: "image/jpeg"}
	problem := library.Problem{Reason: reason.Reason{Code: reason.ProviderRefused}, Detail: "code 100"}
	ends := map[library.State]func(l *library.Library, f library.LeaseCheck) error{
		library.StateDone: func(l *library.Library, f library.LeaseCheck) error {
			return l.CompleteUpload(context.Background(), f, "u1", "c1")
		},
		library.StateRefused: func(l *library.Library, f library.LeaseCheck) error {
			return l.RefuseUpload(context.Background(), f, "u1", verdict)
		},
		library.StateFailed: func(l *library.Library, f library.LeaseCheck) error {
			return l.FailUpload(context.Background(), f, "u1", problem)
		},
	}
	for state, end := range ends {
		t.Run(string(state), func(t *testing.T) {
			each(t, func(t *testing.T, l *library.Library) {
				finished(t, l, "u1")
				must(t, l.AcceptUpload(t.Context(), held, "u1", verdict))
				wantState(t, l, "u1", library.StateRelaying)
				_, err := l.RecordCopy(t.Context(), held, content("c1", "u1"), library.Copy{Copy: media.CopyMediaID, Value: "1"})
				must(t, err)
				lost := errors.New("lost")
				if err := end(l, leaseCheck{lost}); !errors.Is(err, lost) {
					t.Errorf("got %v, want the lease's error", err)
				}
				wantState(t, l, "u1", library.StateRelaying)
				must(t, end(l, held))
				u := wantState(t, l, "u1", state)
				if u.Verdict == nil || u.Verdict.Type != "image/jpeg" {
					t.Errorf("the verdict is gone: %+v", u.Verdict)
				}
				if due := dueRelays(t, l); len(due) != 0 {
					t.Errorf("the relay is still open: %+v", due)
				}
				if err := end(l, held); !errors.Is(err, library.ErrState) {
					t.Errorf("a second end: got %v, want ErrState", err)
				}
			})
		})
	}
}

func TestOnlyAFailedUploadIsRetried(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		finished(t, l, "u1")
		if err := l.RetryUpload(t.Context(), ana, "u1"); !errors.Is(err, library.ErrState) {
			t.Errorf("got %v, want ErrState", err)
		}
		must(t, l.BeginAttempt(t.Context(), held, "u1", time.Now()))
		must(t, l.FailUpload(t.Context(), held, "u1", library.Problem{Retryable: true}))
		must(t, l.RetryUpload(t.Context(), ana, "u1"))
		u := wantState(t, l, "u1", library.StateChecking)
		due := dueRelays(t, l)
		if u.Problem != nil || len(due) != 1 || due[0].Attempts != 0 {
			t.Errorf("problem %+v, due %+v, want a fresh start", u.Problem, due)
		}
		must(t, l.FailUpload(t.Context(), held, "u1", library.Problem{Reason: reason.Reason{Code: reason.ProviderRefused}}))
		if err := l.RetryUpload(t.Context(), ana, "u1"); !errors.Is(err, library.ErrFinal) {
			t.Errorf("got %v, want ErrFinal", err)
		}
		wantState(t, l, "u1", library.StateFailed)
	})
}

func TestARelayThatWaitsForItsRetryIsNotDueAndSaysWhy(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		finished(t, l, "u1")
		p := library.Problem{Reason: reason.Reason{Code: reason.ProviderBusy}, Retryable: true}
		must(t, l.ScheduleRetry(t.Context(), held, "u1", library.Retry{At: time.Now().Add(10 * time.Minute), Problem: p}))
		if due := dueRelays(t, l); len(due) != 0 {
			t.Errorf("due: %+v", due)
		}
		if u := wantState(t, l, "u1", library.StateChecking); u.Problem == nil || u.Problem.Reason.Code != reason.ProviderBusy {
			t.Errorf("problem: %+v", u.Problem)
		}
	})
}

func TestASessionIsKeptAcrossWorkers(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		finished(t, l, "u1")
		const session = "upload:MTphdHRh?sig=AR=" // used byte for byte
		must(t, l.SaveSession(t.Context(), held, "u1", session, 1))
		r, err := l.OpenRelay(t.Context(), "u1")
		if err != nil || r.SessionID != session || r.SessionFailures != 1 {
			t.Errorf("got %+v, %v", r, err)
		}
	})
}

func TestDueRelaysTakeTurnsBetweenChannels(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		for i := range 5 {
			finished(t, l, fmt.Sprintf("burst%d", i))
		}
		quiet := upload("quiet")
		quiet.Channel = "quiet"
		create(t, l, quiet)
		must(t, l.FinishUpload(t.Context(), "quiet", "digest of quiet", nil))
		due, err := l.DueRelays(t.Context(), func(string) library.Capacity { return library.Capacity{Free: 2} })
		if err != nil || len(due) != 3 || (due[0].Channel == due[1].Channel) {
			t.Errorf("got %+v, %v, want one of each channel, then the second of the burst", due, err)
		}
	})
}

func TestDueRelaysTakeTurnsBetweenSubjects(t *testing.T) {
	each(t, func(t *testing.T, l *library.Library) {
		for i := range 100 {
			finished(t, l, fmt.Sprintf("burst%d", i))
		}
		single := upload("single")
		single.Subject = "bob"
		create(t, l, single)
		must(t, l.FinishUpload(t.Context(), "single", "digest of single", nil))
		due, err := l.DueRelays(t.Context(), func(string) library.Capacity { return library.Capacity{Free: 2} })
		if err != nil || len(due) != 2 || due[0].UploadID != "burst0" || due[1].UploadID != "single" {
			t.Errorf("got %+v, %v, want the first of each subject", due, err)
		}
		due, err = l.DueRelays(t.Context(), func(string) library.Capacity { return library.Capacity{Free: 1, After: "ana"} })
		if err != nil || len(due) != 1 || due[0].UploadID != "single" {
			t.Errorf("got %+v, %v, want the subject after the one that was served last", due, err)
		}
		due, err = l.DueRelays(t.Context(), func(string) library.Capacity {
			return library.Capacity{Free: 1, Running: []string{"digest of single"}, After: "ana"}
		})
		if err != nil || len(due) != 1 || due[0].UploadID != "burst0" {
			t.Errorf("got %+v, %v, want another subject if all relays of the next one have a worker", due, err)
		}
	})
}
