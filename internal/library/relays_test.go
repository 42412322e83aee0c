package library_test

import (
	"testing"
	"time"

	"mediarelay/internal/library"
	"mediarelay/internal/media"
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
