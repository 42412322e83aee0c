package breaker

import "time"

// Backoff is an exponential schedule of waits: First, twice as long, and so on up to
// Longest.
type Backoff struct {
	First, Longest time.Duration
	// AtLeast is how long the provider asked to wait; 0 if it did not ask.
	AtLeast time.Duration
	// Jitter is a random number from 0 to 1. It moves a wait between half and one
	// and a half of its step, and adds up to a tenth to AtLeast, so that requests
	// that failed together are not repeated together.
	Jitter float64
}

// LongestWait bounds every wait, whatever the provider asked for: 15 minutes, as
// provider.MaxRetryAfter.
const LongestWait = 15 * time.Minute

// mostDoublings keeps the shift from overflowing; a second doubled 16 times is 18 hours.
const mostDoublings = 16

// Wait is the n-th wait of the schedule, counted from 1.
func (b Backoff) Wait(n int) time.Duration {
	step := min(b.First<<min(max(n-1, 0), mostDoublings), b.Longest)
	own := min(scaled(step, 0.5+b.Jitter), b.Longest)
	asked := scaled(b.AtLeast, 1+b.Jitter/10)
	return min(max(own, asked), LongestWait)
}

func scaled(d time.Duration, factor float64) time.Duration {
	return time.Duration(float64(d) * factor)
}
