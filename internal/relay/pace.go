package relay

import (
	"errors"
	"math/rand/v2"
	"time"

	"github.com/cenkalti/backoff/v5"

	"mediarelay/internal/provider"
)

const (
	// firstWait and longestWait bound the exponential wait between attempts.
	firstWait   = time.Second
	longestWait = 5 * time.Minute
	// accountWait is how long a channel rests first when the provider does not let
	// it in, which doubles up to longestRest: refused requests count against the
	// phone number, and only an operator's act mends it.
	accountWait = 30 * time.Second
	// longestRest is the longest wait of all, as provider.MaxRetryAfter is.
	longestRest = provider.MaxRetryAfter
	// attemptBudget is after how many attempts, about twenty minutes, a person is
	// told. Their retry begins a new budget.
	attemptBudget = 12
	// failuresInARow is how many passing failures of all its relays, without a
	// success in between, stop a channel: the trouble is not one file's.
	failuresInARow = 5
)

// wait is the time until the next attempt of one file.
func wait(attempts int, asked time.Duration) time.Duration {
	return later(backedOff(firstWait, longestWait, attempts), asked)
}

// rest is how long a channel rests after a failure of a cause, the last of so
// many in a row; 0 where the failure does not stop it.
func rest(cause provider.Cause, failures int, asked time.Duration) time.Duration {
	switch cause {
	case provider.CauseAuth:
		return later(backedOff(accountWait, longestRest, failures), asked)
	case provider.CauseRate:
		return later(backedOff(firstWait, longestWait, failures), asked)
	case provider.CauseTemporary, provider.CauseAmbiguous:
		if failures >= failuresInARow || asked > 0 {
			return later(backedOff(firstWait, longestWait, failures), asked)
		}
	}
	return 0
}

// backedOff is the n-th wait of an exponential schedule, with jitter of half of it.
func backedOff(first, longest time.Duration, n int) time.Duration {
	schedule := backoff.NewExponentialBackOff()
	schedule.InitialInterval, schedule.MaxInterval, schedule.Multiplier = first, longest, 2
	next := schedule.NextBackOff()
	for range n - 1 {
		next = schedule.NextBackOff()
	}
	return min(next, longest)
}

// later is never less than what the provider asked for, and up to a tenth more,
// so that not all who were asked come back at once.
func later(own, asked time.Duration) time.Duration {
	if asked > 0 {
		asked += rand.N(asked/10 + 1)
	}
	return min(max(own, asked), longestRest)
}

// askedBy is what the provider asked to wait; 0 where it did not.
func askedBy(err error) time.Duration {
	var said *provider.Error
	if !errors.As(err, &said) {
		return 0
	}
	return said.RetryAfter
}

// asksToWait reports whether the provider wants to be left alone for a while.
func asksToWait(err error) bool {
	cause := provider.CauseOf(err)
	return cause == provider.CauseRate || cause == provider.CauseAuth || askedBy(err) > 0
}
