package policy

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"mediarelay/internal/breaker"
	"mediarelay/internal/provider"
	"mediarelay/internal/reason"
)

func failure(cause provider.Cause, asked time.Duration) error {
	return fmt.Errorf("wrapped: %w", &provider.Error{Op: "POST /media", Status: 500, Cause: cause, RetryAfter: asked})
}

// Every row of the table. A cause that is missing here fails TestEveryCauseHasARow.
var rows = []struct {
	cause          provider.Cause
	code           reason.Code
	breaker        string
	needsOperator  bool
	tripsAfter     int // failures in a row; 0 for never
	firstCoolDown  time.Duration
	longestPause   time.Duration
	firstRetry     time.Duration
	longestRetry   time.Duration
	attempt        Attempt
	session        Session
	mayHaveArrived bool
	asksToWait     bool
}{
	{
		cause: provider.CausePermanent, code: reason.ProviderRefused, attempt: AttemptIsLast, session: SessionBroke,
	},
	{
		cause: provider.CauseAuth, code: reason.ProviderAccount, breaker: "auth", needsOperator: true,
		tripsAfter: 1, firstCoolDown: 30 * time.Second, longestPause: 15 * time.Minute,
		attempt: AttemptWaits, session: SessionUntouched, asksToWait: true,
	},
	{
		cause: provider.CauseRate, code: reason.ProviderBusy, breaker: "rate",
		tripsAfter: 1, firstCoolDown: time.Second, longestPause: 5 * time.Minute,
		firstRetry: time.Second, longestRetry: 5 * time.Minute, session: SessionUntouched, asksToWait: true,
	},
	{
		cause: provider.CauseTemporary, code: reason.ProviderUnavailable, breaker: "unavailable",
		tripsAfter: 5, firstCoolDown: time.Second, longestPause: 5 * time.Minute,
		firstRetry: time.Second, longestRetry: 5 * time.Minute, session: SessionBroke,
	},
	{
		cause: provider.CauseAmbiguous, code: reason.ProviderUnavailable, breaker: "unavailable",
		tripsAfter: 5, firstCoolDown: time.Second, longestPause: 5 * time.Minute,
		firstRetry: time.Second, longestRetry: 5 * time.Minute, session: SessionBroke, mayHaveArrived: true,
	},
	{
		cause: provider.CauseOffset, code: reason.ProviderUnavailable, breaker: "unavailable",
		firstRetry: time.Second, longestRetry: 5 * time.Minute, session: SessionMoved,
	},
	{
		cause: provider.CauseSession, code: reason.ProviderUnavailable, breaker: "unavailable",
		firstRetry: time.Second, longestRetry: 5 * time.Minute, session: SessionDead,
	},
}

func TestPolicy(t *testing.T) {
	for _, row := range rows {
		t.Run(string(row.cause), func(t *testing.T) {
			got := For(failure(row.cause, 0))
			if got.Code != row.code || got.Breaker != row.breaker || got.NeedsOperator != row.needsOperator {
				t.Errorf("code %s, breaker %q, needs an operator %v", got.Code, got.Breaker, got.NeedsOperator)
			}
			if got.Trip.After != row.tripsAfter || got.Trip.Backoff.First != row.firstCoolDown || got.Trip.Backoff.Longest != row.longestPause {
				t.Errorf("trip %+v", got.Trip)
			}
			if got.Retry.First != row.firstRetry || got.Retry.Longest != row.longestRetry || got.MostAttempts != AttemptBudget {
				t.Errorf("retry %+v, %d attempts", got.Retry, got.MostAttempts)
			}
			if got.Attempt != row.attempt || got.Session != row.session || got.MayHaveArrived != row.mayHaveArrived || got.AsksToWait() != row.asksToWait {
				t.Errorf("attempt %v, session %v, may have arrived %v, asks to wait %v", got.Attempt, got.Session, got.MayHaveArrived, got.AsksToWait())
			}
			if asked := For(failure(row.cause, time.Minute)); !asked.AsksToWait() || asked.Retry.AtLeast != time.Minute || asked.Trip.Backoff.AtLeast != time.Minute {
				t.Errorf("with Retry-After: %+v", asked)
			}
		})
	}
}

func TestEveryCauseHasARow(t *testing.T) {
	if len(table) != len(rows) {
		t.Errorf("%d causes are in the table, %d are tested", len(table), len(rows))
	}
}

func TestInternalErrorIsRetried(t *testing.T) {
	if got := For(errors.New("disk")); got.Code != reason.ProviderUnavailable || got.Attempt != AttemptCounts || got.MostAttempts != AttemptBudget {
		t.Errorf("%+v", got)
	}
}

// Waits differ from one error to the next, and none is longer than the longest that
// other replicas believe.
func TestWaitsHaveJitterAndABound(t *testing.T) {
	if breaker.LongestWait != provider.MaxRetryAfter {
		t.Errorf("a wait is bounded by %v, Retry-After by %v", breaker.LongestWait, provider.MaxRetryAfter)
	}
	retry := func(n int) func(Rule) time.Duration {
		return func(r Rule) time.Duration { return r.Retry.Wait(n) }
	}
	coolDown := func(failures int) func(Rule) time.Duration {
		return func(r Rule) time.Duration { return r.Trip.CoolDown(failures) }
	}
	for _, tt := range []struct {
		name              string
		cause             provider.Cause
		asked             time.Duration
		wait              func(Rule) time.Duration
		shortest, longest time.Duration
	}{
		{"first attempt", provider.CauseTemporary, 0, retry(1), 500 * time.Millisecond, 1500 * time.Millisecond},
		{"fourth attempt", provider.CauseTemporary, 0, retry(4), 4 * time.Second, 12 * time.Second},
		{"last attempt", provider.CauseTemporary, 0, retry(AttemptBudget), 150 * time.Second, 5 * time.Minute},
		{"asked for more", provider.CauseTemporary, time.Minute, retry(1), time.Minute, 66 * time.Second},
		{"asked for less", provider.CauseTemporary, time.Second, retry(8), 64 * time.Second, 192 * time.Second},
		{"asked for the most", provider.CauseTemporary, provider.MaxRetryAfter, retry(1), breaker.LongestWait, breaker.LongestWait},
		{"auth", provider.CauseAuth, 0, coolDown(1), 15 * time.Second, 45 * time.Second},
		{"auth for long", provider.CauseAuth, 0, coolDown(20), breaker.LongestWait / 2, breaker.LongestWait},
		{"rate limit", provider.CauseRate, 0, coolDown(1), 500 * time.Millisecond, 1500 * time.Millisecond},
		{"rate limit with a time", provider.CauseRate, 30 * time.Second, coolDown(1), 30 * time.Second, 33 * time.Second},
		{"four failures", provider.CauseTemporary, 0, coolDown(4), 0, 0},
		{"one failure with a time", provider.CauseTemporary, 10 * time.Second, coolDown(1), 10 * time.Second, 11 * time.Second},
		{"five failures", provider.CauseAmbiguous, 0, coolDown(5), 8 * time.Second, 24 * time.Second},
		{"a dead session", provider.CauseSession, 0, coolDown(50), 0, 0},
		{"a file that is refused", provider.CausePermanent, 0, coolDown(50), 0, 0},
	} {
		seen := map[time.Duration]bool{}
		for range 200 {
			got := tt.wait(For(failure(tt.cause, tt.asked)))
			seen[got] = true
			if got < tt.shortest || got > tt.longest {
				t.Fatalf("%s: %v, want %v to %v", tt.name, got, tt.shortest, tt.longest)
			}
		}
		if tt.shortest != tt.longest && len(seen) < 10 {
			t.Errorf("%s: %d different waits, want jitter", tt.name, len(seen))
		}
	}
}
