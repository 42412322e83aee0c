// Package policy says what follows from a failed request to a provider. Each
// provider.Cause is one row of one table; relay and relay/early decide nothing by
// the cause itself.
//
// It leaves to others: finding the cause (provider), counting failures (breaker), and
// acting on the rule (relay, relay/early).
package policy

import (
	"errors"
	"math/rand/v2"
	"time"

	"mediarelay/internal/breaker"
	"mediarelay/internal/provider"
	"mediarelay/internal/reason"
)

// Rule is what follows from an error.
type Rule struct {
	// Code tells people what happened.
	Code reason.Code
	// Breaker is the cause that the channel's breaker records and operators read; empty
	// for a failure that says nothing about the channel.
	Breaker string
	// NeedsOperator says that time alone does not end the cause.
	NeedsOperator bool
	// Trip says when the channel pauses, and for how long.
	Trip breaker.Trip
	// Attempt says what becomes of the upload.
	Attempt Attempt
	// Retry is the schedule of the upload's own attempts; zero if it is retried with
	// its channel.
	Retry breaker.Backoff
	// MostAttempts is after how many counted attempts the upload fails.
	MostAttempts int
	// Session says what becomes of an upload session.
	Session Session
	// MayHaveArrived says that the provider may hold a copy whose ID is lost.
	MayHaveArrived bool
}

// AsksToWait reports whether the provider wants no further request for a while.
func (r Rule) AsksToWait() bool { return r.Trip.After == 1 || r.Retry.AtLeast > 0 }

// Attempt is what a failed attempt means for its upload.
type Attempt int

const (
	// AttemptCounts: the upload is retried until its attempts are used up.
	AttemptCounts Attempt = iota
	// AttemptWaits: the upload is retried with its channel. The attempt counts only if
	// the channel was up before it: then the file may be what the provider rejects.
	AttemptWaits
	// AttemptIsLast: another attempt would fail the same way.
	AttemptIsLast
)

// Session is what a failed request means for the upload session that it used.
type Session int

const (
	// SessionBroke: the session is resumed with the next attempt, and replaced after
	// its second break.
	SessionBroke Session = iota
	// SessionUntouched: the failure says nothing about the session.
	SessionUntouched
	// SessionMoved is SessionBroke, and the session is resumed at once from the offset
	// that it reports.
	SessionMoved
	// SessionDead: the session is replaced, at once if it is older than the attempt.
	SessionDead
)

const (
	// AttemptBudget is after how many attempts, about twenty minutes, an upload fails. A
	// person's retry begins a new budget.
	AttemptBudget = 12
	// failuresInARow of one channel, without a success in between, pause it: so many
	// are not one file's fault.
	failuresInARow = 5
)

// The causes that operators read of a paused channel.
const (
	causeAuth        = "auth"
	causeRate        = "rate"
	causeUnavailable = "unavailable"
)

var (
	// attempts is the schedule between attempts, and of cool-downs after temporary failures.
	attempts = breaker.Backoff{First: time.Second, Longest: 5 * time.Minute}
	// account is longer: rejected requests count against the phone number, and only an
	// operator can end the cause.
	account = breaker.Backoff{First: 30 * time.Second, Longest: breaker.LongestWait}
)

var (
	tripAtOnce = breaker.Trip{After: 1, Backoff: attempts}
	tripInARow = breaker.Trip{After: failuresInARow, Backoff: attempts}
	// tripNever counts the failure without pausing the channel: sessions break for
	// reasons of their own.
	tripNever = breaker.Trip{}
)

// table has a row for each cause. What depends on the single error is added by For.
var table = map[provider.Cause]Rule{
	provider.CausePermanent: {
		Code: reason.ProviderRefused, Attempt: AttemptIsLast,
	},
	provider.CauseAuth: {
		Code: reason.ProviderAccount, Breaker: causeAuth, NeedsOperator: true, Trip: breaker.Trip{After: 1, Backoff: account},
		Attempt: AttemptWaits, Session: SessionUntouched,
	},
	provider.CauseRate: {
		Code: reason.ProviderBusy, Breaker: causeRate, Trip: tripAtOnce, Retry: attempts, Session: SessionUntouched,
	},
	provider.CauseTemporary: {
		Code: reason.ProviderUnavailable, Breaker: causeUnavailable, Trip: tripInARow, Retry: attempts,
	},
	provider.CauseAmbiguous: {
		Code: reason.ProviderUnavailable, Breaker: causeUnavailable, Trip: tripInARow, Retry: attempts, MayHaveArrived: true,
	},
	provider.CauseOffset: {
		Code: reason.ProviderUnavailable, Breaker: causeUnavailable, Trip: tripNever, Retry: attempts, Session: SessionMoved,
	},
	provider.CauseSession: {
		Code: reason.ProviderUnavailable, Breaker: causeUnavailable, Trip: tripNever, Retry: attempts, Session: SessionDead,
	},
}

// For is the rule for an error. An error that is none of a provider's passes by itself.
func For(err error) Rule {
	rule := table[provider.CauseOf(err)]
	asked, jitter := askedWait(err), rand.Float64()
	rule.Retry.AtLeast, rule.Retry.Jitter = asked, jitter
	rule.Trip.Backoff.AtLeast, rule.Trip.Backoff.Jitter = asked, jitter
	rule.MostAttempts = provider.MostAttempts(err, AttemptBudget)
	return rule
}

// askedWait is how long the provider asked to wait; 0 if it did not ask.
func askedWait(err error) time.Duration {
	var e *provider.Error
	if !errors.As(err, &e) {
		return 0
	}
	return e.RetryAfter
}
