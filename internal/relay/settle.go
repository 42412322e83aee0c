package relay

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"mediarelay/internal/library"
	"mediarelay/internal/provider"
	"mediarelay/internal/reason"
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
// end it. What it means for the channel is notServed's business.
func (j *job) settle(ctx context.Context, err error) error {
	if ctx.Err() != nil || isRecord(err) {
		return err
	}
	if errors.Is(err, errDamaged) {
		return j.damaged(ctx, err)
	}
	cause, p := provider.CauseOf(err), passing(err)
	if cause == provider.CausePermanent {
		j.failed(ctx, err, noNextTry)
		return j.fail(ctx, p, p.Detail, false)
	}
	stopErr := j.notServed(ctx, request{j.row.Channel, j.provider, j.began}, err)
	return errors.Join(stopErr, j.again(ctx, err, p))
}

// again puts a file that may go through off, or ends it where it had its attempts.
//
// A file that is not let in waits with its channel, and goes on when that does. Where
// nobody is served it says nothing of the file. Where others were, this file may be
// what the provider does not take: its attempt counts, or it would stop its channel
// again and again, for ever.
func (j *job) again(ctx context.Context, err error, p library.Problem) error {
	next := library.Postponement{Until: j.now().Add(wait(j.row.Attempts, askedBy(err))), Problem: p}
	at := next.Until.UTC().Format(time.RFC3339)
	if provider.CauseOf(err) == provider.CauseAuth {
		next.Until, next.Uncounted, at = j.now(), j.row.Unserved, tryWithChannel
	}
	if !next.Uncounted && j.row.Attempts >= provider.MostAttempts(err, attemptBudget) {
		j.failed(ctx, err, noNextTry)
		return j.fail(ctx, p, p.Detail, true)
	}
	j.failed(ctx, err, at)
	return j.postpone(ctx, next)
}

// damaged ends the job of a file whose stored bytes are not those that were
// finished: no attempt would find others.
func (j *job) damaged(ctx context.Context, err error) error {
	slog.ErrorContext(ctx, "stored bytes were changed", "upload", j.upload.ID, "error", err)
	return j.fail(ctx, problemOf(reason.BytesGone), "", false)
}

func (j *job) postpone(ctx context.Context, p library.Postponement) error {
	return j.config.Library.PostponeRelay(ctx, j.fence, j.upload.ID, p)
}

// detailOf is what an operator may read in the upload itself: the provider's own
// words. Our own errors and those of connections name paths and hosts, so they stay
// in the log.
func detailOf(err error) string {
	var said *provider.Error
	if !errors.As(err, &said) {
		return ""
	}
	return said.Said()
}

func (j *job) fail(ctx context.Context, p library.Problem, detail string, retryable bool) error {
	p.Detail, p.Retryable = detail, retryable
	err := j.config.Library.FailUpload(ctx, j.fence, j.upload.ID, p)
	if err == nil {
		j.config.Metrics.ended(j.row.Channel, library.StateFailed)
	}
	return err
}

// passing is what people are shown of an error that may pass.
func passing(err error) library.Problem {
	p := problemOf(codeOf(err))
	p.Detail, p.Retryable = detailOf(err), true
	return p
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
