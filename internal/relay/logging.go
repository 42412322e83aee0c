package relay

import (
	"context"
	"log/slog"
	"time"

	"mediarelay/internal/breaker"
	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/provider"
)

// The log lines at the end of an attempt. They answer questions about one file.

// Values logged instead of a time of the next attempt.
const (
	noRetry          = "none"
	retryWithChannel = "when the channel resumes"
)

// logDone makes a file findable by its media ID, which is of no use without the
// channel's key. A handle is confidential and is not logged.
func (j *job) logDone(ctx context.Context) {
	j.config.Metrics.ended(j.row.Channel, library.StateDone)
	names, id := []string{}, ""
	for _, c := range j.copies {
		names = append(names, string(c.Copy))
		if c.Copy == media.CopyMediaID {
			id = c.Value
		}
	}
	slog.InfoContext(ctx, "file relayed", "upload", j.upload.ID, "channel", j.row.Channel, "copies", names,
		"media_id", id, "attempts", j.row.Attempts, "attempt_took", j.now().Sub(j.began).Round(time.Millisecond).String())
}

// logAttemptFailed says why an attempt failed, and when the next one is.
func (j *job) logAttemptFailed(ctx context.Context, err error, next string) {
	slog.WarnContext(ctx, "relay attempt failed", "upload", j.upload.ID, "channel", j.row.Channel,
		"attempt", j.row.Attempts, "cause", string(provider.CauseOf(err)), "next_try", next, "error", err)
}

// logPaused says why a channel is paused. It is an error if an operator must act.
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
