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

// request is one that a provider was asked to serve.
type request struct {
	channel  string
	provider Provider
	began    time.Time
}

// notServed tells the channel's circuit of a failure, unless the channel has
// another key by now: what the old one met says nothing of the new one.
func (r *Relay) notServed(ctx context.Context, q request, err error) error {
	var said *provider.Error
	if !errors.As(err, &said) || r.provider(q.channel) != q.provider {
		return nil
	}
	c, recordErr := r.config.Library.FailCircuit(ctx, library.Failure{
		Channel: q.channel, Cause: stopCause(said.Cause), ShutsOut: said.Cause == provider.CauseAuth, Problem: passing(err), Began: q.began,
		Rest: func(failures int) time.Duration { return rest(said.Cause, failures, said.RetryAfter) },
	})
	if recordErr == nil && c.Open() {
		stopped(ctx, c, err)
	}
	return recordErr
}

// served tells the channel's circuit of a success that began at a time. A database
// that is away is not waited for: the next success says the same.
func (j *job) served(ctx context.Context, began time.Time) {
	ctx, cancel := context.WithTimeout(ctx, servedWithin)
	defer cancel()
	closed, err := j.config.Library.CloseCircuit(ctx, j.row.Channel, began)
	switch {
	case err != nil:
		slog.ErrorContext(ctx, "a channel's state could not be recorded", "channel", j.row.Channel, "error", err)
	case closed:
		slog.InfoContext(ctx, "a channel is served again", "channel", j.row.Channel)
	}
}

// servedWithin bounds what the news of a success may wait for the database.
const servedWithin = 2 * time.Second
