package relay

import (
	"context"
	"crypto/rand"
	"encoding/hex"
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
	// attemptBudget is after how many attempts, about half an hour, a person is
	// told. Their retry begins a new budget.
	attemptBudget = 12
)

// recordError is a failure of our own database, which says nothing of the
// provider: the row stays as it is and its lease runs on.
type recordError struct{ err error }

func (e *recordError) Error() string { return e.err.Error() }
func (e *recordError) Unwrap() error { return e.err }

func record(err error) error {
	if err == nil {
		return nil
	}
	return &recordError{err}
}

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
	cause := provider.CauseOf(err)
	p := problemOf(codeOf(cause))
	slog.WarnContext(ctx, "a relay attempt failed", "upload", j.upload.ID, "channel", j.row.Channel,
		"attempt", j.row.Attempts, "cause", string(cause), "error", err)
	if cause == provider.CausePermanent {
		return j.fail(ctx, p, err.Error(), false)
	}
	if j.row.Attempts >= attemptBudget {
		return j.fail(ctx, p, err.Error(), true)
	}
	p.Retryable, p.Detail = true, err.Error()
	return j.config.Library.PostponeRelay(ctx, j.fence, j.upload.ID, j.now().Add(j.wait(err)), p)
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
	return wait
}

func (j *job) fail(ctx context.Context, p library.Problem, detail string, retryable bool) error {
	p.Detail, p.Retryable = detail, retryable
	return j.config.Library.FailUpload(ctx, j.fence, j.upload.ID, p)
}

func problemOf(code reason.Code) library.Problem {
	return library.Problem{Reason: reason.Reason{Code: code, Severity: reason.Refuse}}
}

func codeOf(cause provider.Cause) reason.Code {
	switch cause {
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

func newAssetID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, by its documentation
	return hex.EncodeToString(b[:])
}
