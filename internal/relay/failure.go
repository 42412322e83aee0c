package relay

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"mediarelay/internal/library"
	"mediarelay/internal/provider"
	"mediarelay/internal/reason"
	"mediarelay/internal/relay/early"
	"mediarelay/internal/relay/policy"
	"mediarelay/internal/relay/verified"
)

// recordError is a failure of our own database, which says nothing about the
// provider. The row stays as it is; its next attempt is scheduled already.
type recordError struct{ err error }

func (e *recordError) Error() string { return e.err.Error() }
func (e *recordError) Unwrap() error { return e.err }

// recordFault marks an error as one of our own database.
func recordFault(err error) error {
	if err == nil {
		return nil
	}
	return &recordError{err}
}

func isRecordFault(err error) bool {
	var own *recordError
	return errors.As(err, &own)
}

// handleError decides what an error means for the job: leave it open, retry it, or end
// it. It also records the failure in the channel's breaker.
func (j *job) handleError(ctx context.Context, err error) error {
	if ctx.Err() != nil || isRecordFault(err) {
		return err
	}
	if errors.Is(err, verified.ErrDamaged) {
		return j.failDamaged(ctx, err)
	}
	breakerErr := j.recordFailure(ctx, early.Failure{Channel: j.row.Channel, Provider: j.provider, Began: j.began, Err: err})
	return errors.Join(breakerErr, j.retryOrFail(ctx, err))
}

// retryOrFail schedules another attempt, or ends the upload if none would help or its
// attempts are used up.
//
// After an auth failure the file waits until the channel resumes. While the whole
// channel is down the attempt does not count. If the channel was up before it, the
// file itself may be what the provider rejects: the attempt counts, or one bad file
// would pause its channel over and over.
func (j *job) retryOrFail(ctx context.Context, err error) error {
	rule, p := policy.For(err), retryableProblem(err)
	next := library.Retry{At: j.now().Add(rule.Retry.Wait(j.row.Attempts)), Problem: p}
	at := next.At.UTC().Format(time.RFC3339)
	if rule.Attempt == policy.AttemptWaits {
		next.At, next.Uncounted, at = j.now(), j.row.ChannelDown, retryWithChannel
	}
	isLast := rule.Attempt == policy.AttemptIsLast
	if isLast || !next.Uncounted && j.row.Attempts >= rule.MostAttempts {
		j.logAttemptFailed(ctx, err, noRetry)
		p.Retryable = !isLast
		return j.fail(ctx, p)
	}
	j.logAttemptFailed(ctx, err, at)
	return j.config.Library.ScheduleRetry(ctx, j.lease, j.upload.ID, next)
}

// failDamaged ends the job of a file whose stored bytes are not those that were
// finished. A retry would read the same bytes.
func (j *job) failDamaged(ctx context.Context, err error) error {
	slog.ErrorContext(ctx, "stored bytes were changed", "upload", j.upload.ID, "error", err)
	return j.fail(ctx, problemOf(reason.BytesGone))
}

func (j *job) fail(ctx context.Context, p library.Problem) error {
	err := j.config.Library.FailUpload(ctx, j.lease, j.upload.ID, p)
	if err == nil {
		j.config.Metrics.ended(j.row.Channel, library.StateFailed)
	}
	return err
}

// retryableProblem is what people are shown of an error that may pass.
func retryableProblem(err error) library.Problem {
	p := problemOf(codeOf(err))
	p.Detail, p.Retryable = detailOf(err), true
	return p
}

func problemOf(code reason.Code) library.Problem {
	return library.Problem{Reason: reason.Reason{Code: code, Severity: reason.Refuse}}
}

func codeOf(err error) reason.Code {
	var own *verified.StoreError
	if errors.As(err, &own) {
		return reason.StoreUnavailable
	}
	return policy.For(err).Code
}

// detailOf is what an operator may read in the upload itself: the provider's own
// words. Our errors and those of connections name paths and hosts, so they stay in the
// log.
func detailOf(err error) string {
	var answered *provider.Error
	if !errors.As(err, &answered) {
		return ""
	}
	return answered.Said()
}
