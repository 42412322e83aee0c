package relay

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"mediarelay/internal/library"
	"mediarelay/internal/provider"
)

// A channel has a circuit breaker. It is a row, and not a breaker in memory,
// since all replicas must stop together, since the query for due relays must see
// it, and since people are shown it: the uploads that wait carry its problem.
//
// It opens when the provider does not let the account in, when it asks to wait,
// and after failuresInARow. When its rest is over one relay at a time may try, by
// a lease of its own; a success closes it, and so does another key.

// notServed tells the channel's circuit of a failure.
func (j *job) notServed(ctx context.Context, err error, p library.Problem) error {
	var said *provider.Error
	if !errors.As(err, &said) || j.rotated() {
		return nil
	}
	c, err := j.config.Library.FailCircuit(ctx, library.Failure{
		Channel: j.row.Channel, Cause: string(said.Cause), Problem: p, Began: j.began,
		Rest: func(failures int) time.Duration { return rest(said.Cause, failures, said.RetryAfter) },
	})
	if err == nil && c.Open() {
		slog.ErrorContext(ctx, "a channel has stopped", "channel", c.Channel, "cause", c.Cause,
			"since", c.OpenedAt, "next_try", c.ProbeAt, "failures", c.Failures)
	}
	return err
}

// rotated reports whether the channel has another key than this attempt used:
// what the old one met says nothing of the new one.
func (j *job) rotated() bool { return j.Relay.provider(j.row.Channel) != j.provider }

// served tells the channel's circuit of a success that began at a time.
func (j *job) served(ctx context.Context, began time.Time) {
	closed, err := j.config.Library.CloseCircuit(context.WithoutCancel(ctx), j.row.Channel, began)
	switch {
	case err != nil:
		slog.ErrorContext(ctx, "a channel's state could not be recorded", "channel", j.row.Channel, "error", err)
	case closed:
		slog.InfoContext(ctx, "a channel is served again", "channel", j.row.Channel)
	}
}
