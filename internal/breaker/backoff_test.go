package breaker_test

import (
	"testing"
	"time"

	"mediarelay/internal/breaker"
)

// A wait is between half of its step and one and a half of it, and never longer than
// the schedule's longest; what the provider asked for is kept, plus up to a tenth.
func TestBackoffGrowsToItsLongestWait(t *testing.T) {
	second := breaker.Backoff{First: time.Second, Longest: 5 * time.Minute}
	asked := func(d time.Duration) breaker.Backoff {
		b := second
		b.AtLeast = d
		return b
	}
	for _, tt := range []struct {
		name          string
		backoff       breaker.Backoff
		n             int
		shortest, end time.Duration // without jitter, with all of it
	}{
		{name: "first", backoff: second, n: 1, shortest: 500 * time.Millisecond, end: 1500 * time.Millisecond},
		{name: "fourth", backoff: second, n: 4, shortest: 4 * time.Second, end: 12 * time.Second},
		{name: "last", backoff: second, n: 12, shortest: 150 * time.Second, end: 5 * time.Minute},
		{name: "far beyond the last", backoff: second, n: 1 << 30, shortest: 150 * time.Second, end: 5 * time.Minute},
		{name: "asked for more", backoff: asked(time.Minute), n: 1, shortest: time.Minute, end: 66 * time.Second},
		{name: "asked for less", backoff: asked(time.Second), n: 8, shortest: 64 * time.Second, end: 192 * time.Second},
		{name: "asked for too much", backoff: asked(time.Hour), n: 1, shortest: breaker.LongestWait, end: breaker.LongestWait},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for jitter, want := range map[float64]time.Duration{0: tt.shortest, 1: tt.end} {
				tt.backoff.Jitter = jitter
				if got := tt.backoff.Wait(tt.n); got != want {
					t.Errorf("jitter %v: %v, want %v", jitter, got, want)
				}
			}
		})
	}
}
