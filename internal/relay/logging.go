package relay

import (
	"cmp"
	"context"
	"errors"
	"log/slog"

	"mediarelay/internal/breaker"
	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/outcome"
	"mediarelay/internal/provider"
	"mediarelay/internal/reason"
)

// The log lines at the end of an attempt. They answer questions about one file.

// Values logged instead of a time of the next attempt.
const (
	noRetry          = "none"
	retryWithChannel = "when the channel resumes"
)

// ended records the end of the upload. The trace ID is that of the provider's last error.
func (j *job) ended(ctx context.Context, state library.State, code reason.Code, detail string) {
	e := outcome.End{
		Upload: j.upload, State: state, Code: code, Detail: detail,
		Finished: j.row.FinishedAt, Began: j.began, At: j.now(), Delivery: j.delivery(state), Attempts: j.row.Attempts,
		TraceID: j.traceID,
	}
	for _, c := range j.copies {
		e.Copies = append(e.Copies, string(c.Copy))
		if c.Copy == media.CopyMediaID {
			e.MediaID = c.Value
		}
	}
	j.config.Ends.Record(ctx, e)
}

func (j *job) delivery(state library.State) outcome.Delivery {
	switch {
	case j.sent:
		return outcome.Sent
	case state == library.StateDone:
		return outcome.AlreadyThere
	}
	return outcome.NotSent
}

// traceOf returns the ID by which the provider's support finds a failed request.
func traceOf(err error) string {
	var answered *provider.Error
	if !errors.As(err, &answered) {
		return ""
	}
	return cmp.Or(answered.DialogTraceID, answered.FBTraceID)
}

// logAttemptFailed says why an attempt failed, and when the next one is.
func (j *job) logAttemptFailed(ctx context.Context, err error, next string) {
	slog.WarnContext(ctx, "relay attempt failed", "upload", j.upload.ID, "channel", j.row.Channel,
		"attempt", j.row.Attempts, "cause", string(provider.CauseOf(err)), "next_try", next, "error", err)
}

// logPaused says why a channel is paused, once, and again if the cause changes. It is an
// error if an operator must act.
func logPaused(ctx context.Context, c breaker.Circuit, err error) {
	level := slog.LevelWarn
	if c.NeedsOperator {
		level = slog.LevelError
	}
	slog.Log(ctx, level, "channel paused", "channel", c.Channel, "cause", c.Cause,
		"since", c.OpenedAt, "next_try", c.ProbeAt, "failures", c.Failures, "error", err)
}

// logOrphan tells operators of a copy that the provider holds and that is not used. A
// media ID is what they need to delete it; a handle is confidential.
func (j *job) logOrphan(ctx context.Context, c library.Copy, err error) {
	id := c.Value
	if c.Copy != media.CopyMediaID {
		id = ""
	}
	slog.ErrorContext(ctx, "copy could not be recorded", "upload", j.upload.ID,
		"channel", j.row.Channel, "copy", string(c.Copy), "media_id", id, "error", err)
	j.config.Metrics.orphans.WithLabelValues(j.row.Channel, string(c.Copy)).Inc()
}

// logAmbiguous counts an attempt after which the provider may hold a copy whose ID is
// lost. The next attempt makes another; the first one expires by itself.
func (j *job) logAmbiguous(ctx context.Context, err error) {
	j.row.Sending = false
	slog.WarnContext(ctx, "provider may hold a second copy of a file", "upload", j.upload.ID, "channel", j.row.Channel, "error", err)
	j.config.Metrics.ambiguous.WithLabelValues(j.row.Channel).Inc()
}
