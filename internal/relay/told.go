package relay

import (
	"context"
	"log/slog"
	"time"

	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/provider"
)

// What the log says when an attempt ends, for whoever is asked about one file.

// In place of a time of the next attempt.
const (
	noNextTry      = "none"
	tryWithChannel = "when the channel is served again"
)

// done leaves a line that a media ID can be found by. It opens nothing without the
// channel's key; a handle is confidential and stays out.
func (j *job) done(ctx context.Context) {
	j.config.Metrics.ended(j.row.Channel, library.StateDone)
	names, id := []string{}, ""
	for _, c := range j.given {
		names = append(names, string(c.Copy))
		if c.Copy == media.CopyMediaID {
			id = c.Value
		}
	}
	slog.InfoContext(ctx, "a file was relayed", "upload", j.upload.ID, "channel", j.row.Channel, "copies", names,
		"media_id", id, "attempts", j.row.Attempts, "attempt_took", j.now().Sub(j.began).Round(time.Millisecond).String())
}

// failed says what an attempt met, and when the next one is.
func (j *job) failed(ctx context.Context, err error, next string) {
	slog.WarnContext(ctx, "a relay attempt failed", "upload", j.upload.ID, "channel", j.row.Channel,
		"attempt", j.row.Attempts, "cause", string(provider.CauseOf(err)), "next_try", next, "error", err)
}

// stopped says why a channel rests. Only an operator mends one that is shut out.
func stopped(ctx context.Context, c library.Circuit, err error) {
	level := slog.LevelWarn
	if c.ShutOut {
		level = slog.LevelError
	}
	slog.Log(ctx, level, "a channel has stopped", "channel", c.Channel, "cause", c.Cause,
		"since", c.OpenedAt, "next_try", c.ProbeAt, "failures", c.Failures, "error", err)
}

// causeUnavailable is what operators read where a provider is not there for now,
// whether or not it may have taken a file with it.
const causeUnavailable = "unavailable"

// stopCause names what stops a channel: auth, rate or unavailable.
func stopCause(cause provider.Cause) string {
	if cause == provider.CauseAuth || cause == provider.CauseRate {
		return string(cause)
	}
	return causeUnavailable
}
