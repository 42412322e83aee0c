package breaker

import (
	"time"

	"mediarelay/internal/library"
)

// Circuit is the state of one channel's breaker. While it is open, uploads that
// wait for the channel show its Problem.
type Circuit struct {
	Channel string
	// Failures in a row, of all relays of the channel.
	Failures int
	// Cause is the cause of the last failure that needs an operator, if there was
	// one, and of the last failure otherwise, in the caller's terms.
	Cause string
	// NeedsOperator says that one of the failures does not pass by itself. It stays
	// true until a request succeeds.
	NeedsOperator bool
	// OpenedAt is when the breaker tripped; zero while it is closed.
	OpenedAt time.Time
	// ProbeAt is the end of the cool-down.
	ProbeAt time.Time
	// Problem is that of the failure that Cause describes; nil while the breaker is closed.
	Problem *library.Problem
}

// Open reports whether the channel is paused. A half-open breaker is an open one
// whose cool-down is over.
func (c Circuit) Open() bool { return !c.OpenedAt.IsZero() }

// Failure is a request that the provider did not serve.
type Failure struct {
	Channel string
	Cause   string
	// NeedsOperator says that time alone does not end the cause. A failure that
	// passes never hides one that does not.
	NeedsOperator bool
	Problem       library.Problem
	// Began is when the request began. If that was before the breaker tripped, the
	// failure changes nothing, unless it is the first one that needs an operator.
	Began time.Time
	Trip  Trip
}

// Trip says after how many failures a breaker opens, and for how long.
type Trip struct {
	// After is the number of failures in a row that open the breaker; 0 for none. If
	// the provider asked to wait (Backoff.AtLeast), the first failure opens it.
	After   int
	Backoff Backoff
}

// CoolDown is how long the breaker is open after so many failures in a row; 0 if it
// stays closed.
func (t Trip) CoolDown(failures int) time.Duration {
	if t.After == 0 || failures < t.After && t.Backoff.AtLeast == 0 {
		return 0
	}
	return t.Backoff.Wait(failures)
}

// clockSkew is how far the clocks of two replicas may differ. A breaker that tripped
// further in the future than that was written by a wrong clock and counts as an old one.
const clockSkew = time.Minute

// after is the circuit after one more failure.
func (c Circuit) after(f Failure, now time.Time) Circuit {
	plausible := !c.OpenedAt.After(now.Add(clockSkew))
	late := plausible && c.OpenedAt.After(f.Began)
	if late && (!f.NeedsOperator || c.NeedsOperator) {
		return c
	}
	explains := !c.Open() || f.NeedsOperator || !c.NeedsOperator
	if !plausible {
		c.OpenedAt = now
	}
	if !late {
		c.Failures++
	}
	if coolDown := f.Trip.CoolDown(c.Failures); coolDown > 0 {
		c = c.trip(now, coolDown)
	}
	if explains {
		c = c.explainedBy(f)
	}
	return c
}

// trip opens the circuit, or prolongs its cool-down. A cool-down that ends later
// than any wait can was written by a wrong clock.
func (c Circuit) trip(now time.Time, coolDown time.Duration) Circuit {
	if !c.Open() {
		c.OpenedAt = now
	}
	if until := now.Add(coolDown); c.ProbeAt.Before(until) || c.ProbeAt.After(now.Add(library.Believable)) {
		c.ProbeAt = until
	}
	return c
}

func (c Circuit) explainedBy(f Failure) Circuit {
	c.Cause, c.NeedsOperator = f.Cause, c.NeedsOperator || f.NeedsOperator
	if c.Open() {
		c.Problem = &f.Problem
	}
	return c
}
