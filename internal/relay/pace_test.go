package relay

import (
	"testing"
	"time"

	"mediarelay/internal/provider"
)

// A wait is between half of its schedule's step and one and a half of it.
func TestWaitsGrowWithJitterAndEnd(t *testing.T) {
	for _, tt := range []struct {
		name           string
		wait           func() time.Duration
		least, longest time.Duration
	}{
		{"first attempt", func() time.Duration { return wait(1, 0) }, 500 * time.Millisecond, 1500 * time.Millisecond},
		{"fourth attempt", func() time.Duration { return wait(4, 0) }, 4 * time.Second, 12 * time.Second},
		{"last attempt", func() time.Duration { return wait(attemptBudget, 0) }, 150 * time.Second, longestWait},
		{"asked for more", func() time.Duration { return wait(1, time.Minute) }, time.Minute, 66 * time.Second},
		{"asked for less", func() time.Duration { return wait(8, time.Second) }, 64 * time.Second, 192 * time.Second},
		{"asked for the most", func() time.Duration { return wait(1, provider.MaxRetryAfter) }, longestRest, longestRest},
		{"shut out", func() time.Duration { return rest(provider.CauseAuth, 1, 0) }, 15 * time.Second, 45 * time.Second},
		{"shut out for long", func() time.Duration { return rest(provider.CauseAuth, 20, 0) }, longestRest / 2, longestRest},
		{"rate limit", func() time.Duration { return rest(provider.CauseRate, 1, 0) }, 500 * time.Millisecond, 1500 * time.Millisecond},
		{"rate limit with a time", func() time.Duration { return rest(provider.CauseRate, 1, 30*time.Second) }, 30 * time.Second, 33 * time.Second},
		{"four failures", func() time.Duration { return rest(provider.CauseTemporary, 4, 0) }, 0, 0},
		{"one failure with a time", func() time.Duration { return rest(provider.CauseTemporary, 1, 10*time.Second) }, 10 * time.Second, 11 * time.Second},
		{"five failures", func() time.Duration { return rest(provider.CauseAmbiguous, 5, 0) }, 8 * time.Second, 24 * time.Second},
		{"a broken session", func() time.Duration { return rest(provider.CauseSession, 50, 0) }, 0, 0},
		{"a file that is refused", func() time.Duration { return rest(provider.CausePermanent, 50, 0) }, 0, 0},
	} {
		seen := map[time.Duration]bool{}
		for range 200 {
			got := tt.wait()
			seen[got] = true
			if got < tt.least || got > tt.longest {
				t.Fatalf("%s: %v, want %v to %v", tt.name, got, tt.least, tt.longest)
			}
		}
		if tt.least != tt.longest && len(seen) < 10 {
			t.Errorf("%s: %d different waits, want jitter", tt.name, len(seen))
		}
	}
}
