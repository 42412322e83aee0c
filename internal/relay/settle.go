package relay

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/cenkalti/backoff/v5"

	"mediarelay/internal/library"
	"mediarelay/internal/provider"
	"mediarelay/internal/reason"
)

const (
	// firstWait and longestWait bound the exponential wait between attempts.
	firstWait   = time.Second
	longestWait = 5 * time.Minute
	// accountWait is how long a channel rests when the provider does not let it in:
	// refused requests count against the phone number, and only an operator's act
	// mends it.
	accountWait = 30 * time.Second
	// attemptBudget is after how many attempts, about twenty minutes, a person is
	// told. Their retry begins a new budget.
	attemptBudget = 12
)

// recordError is a failure of our own database, which says nothing of the
// provider: the row stays as it is, with its next attempt put off.
type recordError struct{ err error }

func (e *recordError) Error() string { return e.err.Error() }
func (e *recordError) Unwrap() error { return e.err }

func record(err error) error {
	if err == nil {
		return nil
	}
	return &recordError{err}
}

// storeError is a failure of our own store of bytes.
type storeError struct{ err error }

func (e *storeError) Error() string { return "read the stored bytes: " + e.err.Error() }
func (e *storeError) Unwrap() error { return e.err }

func ownStore(err error) error { return &storeError{err} }

func isRecord(err error) bool {
	var own *recordError
	return errors.As(err, &own)
}

// settle decides what an error means for the job: leave it open, put it off, or
// end it.
func (j *job) settle(ctx context.Context, err error) error {
	if ctx.Err() != nil || isRecord(err) {
		return err
	}
	cause, p := provider.CauseOf(err), problemOf(codeOf(err))
	slog.WarnContext(ctx, "a relay attempt failed", "upload", j.upload.ID, "channel", j.row.Channel,
		"attempt", j.row.Attempts, "cause", string(cause), "error", err)
	if cause == provider.CausePermanent {
		return j.fail(ctx, p, detailOf(err), false)
	}
	if j.row.Attempts >= attemptBudget {
		return j.fail(ctx, p, detailOf(err), true)
	}
	p.Retryable, p.Detail = true, detailOf(err)
	until := j.now().Add(j.wait(err))
	var held error
	if cause == provider.CauseAuth || cause == provider.CauseRate {
		held = j.config.Library.HoldChannel(ctx, j.row.Channel, until)
	}
	return errors.Join(held, j.config.Library.PostponeRelay(ctx, j.fence, j.upload.ID, until, p))
}

// detailOf is what an operator may read in the upload itself: the provider's own
// words. Our own errors name paths and hosts, so they stay in the log.
func detailOf(err error) string {
	var said *provider.Error
	if !errors.As(err, &said) {
		return ""
	}
	return said.Error()
}

// wait grows with each attempt, with jitter, and is never less than the
// provider asked for.
func (j *job) wait(err error) time.Duration {
	schedule := backoff.NewExponentialBackOff()
	schedule.InitialInterval, schedule.MaxInterval, schedule.Multiplier = firstWait, longestWait, 2
	wait := schedule.NextBackOff()
	for range j.row.Attempts - 1 {
		wait = schedule.NextBackOff()
	}
	var asked *provider.Error
	if errors.As(err, &asked) {
		wait = max(wait, asked.RetryAfter)
	}
	if provider.CauseOf(err) == provider.CauseAuth {
		wait = max(wait, accountWait)
	}
	return wait
}

func (j *job) fail(ctx context.Context, p library.Problem, detail string, retryable bool) error {
	p.Detail, p.Retryable = detail, retryable
	return j.config.Library.FailUpload(ctx, j.fence, j.upload.ID, p)
}

func problemOf(code reason.Code) library.Problem {
	return library.Problem{Reason: reason.Reason{Code: code, Severity: reason.Refuse}}
}

func codeOf(err error) reason.Code {
	var own *storeError
	if errors.As(err, &own) {
		return reason.StoreUnavailable
	}
	switch provider.CauseOf(err) {
	case provider.CausePermanent:
		return reason.ProviderRefused
	case provider.CauseAuth:
		return reason.ProviderAccount
	case provider.CauseRate:
		return reason.ProviderBusy
	default:
		return reason.ProviderUnavailable
	}
}
