package relay

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"mediarelay/internal/breaker"
	"mediarelay/internal/provider"
	"mediarelay/internal/relay/early"
	"mediarelay/internal/relay/policy"
)

// Rotate replaces a channel's provider, since its key has changed, and resets the
// breaker if only an operator could close it.
func (r *Relay) Rotate(ctx context.Context, channel string, p Provider) error {
	r.mu.Lock()
	r.providers[channel] = r.limited(channel, p)
	r.mu.Unlock()
	return r.reset(ctx, channel)
}

func (r *Relay) reset(ctx context.Context, channel string) error {
	reset, err := r.breaker.Reset(ctx, channel)
	if reset {
		slog.InfoContext(ctx, "channel resumed", "channel", channel)
	}
	return err
}

// Limits are those of a channel's provider as it is set up now; ok is false for an
// unknown channel.
func (r *Relay) Limits(channel string) (limits provider.Limits, ok bool) {
	p := r.provider(channel)
	if p == nil {
		return provider.Limits{}, false
	}
	return p.Limits(), true
}

func (r *Relay) provider(channel string) *limitedProvider {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.providers[channel]
}

// earlyChannels are the relay's channels as early sends see them.
type earlyChannels struct{ relay *Relay }

func (c earlyChannels) Provider(channel string) early.Provider {
	if p := c.relay.provider(channel); p != nil {
		return p
	}
	return nil
}

func (c earlyChannels) Paused(ctx context.Context, channel string) (bool, error) {
	open, err := c.relay.breaker.Open(ctx)
	return slices.ContainsFunc(open, func(c breaker.Circuit) bool { return c.Channel == channel }), err
}

func (c earlyChannels) Failed(ctx context.Context, f early.Failure) {
	if policy.For(f.Err).MayHaveArrived {
		c.relay.config.Metrics.ambiguous.WithLabelValues(f.Channel).Inc()
	}
	if err := c.relay.recordFailure(ctx, f); err != nil {
		slog.ErrorContext(ctx, "channel state could not be recorded", "channel", f.Channel, "error", err)
	}
}

// recordFailure tells the channel's breaker of a failure. It ignores what says nothing
// about the channel: our own errors, files that are rejected, and failures of a key
// that was replaced since.
func (r *Relay) recordFailure(ctx context.Context, f early.Failure) error {
	var answered *provider.Error
	rule := policy.For(f.Err)
	if !errors.As(f.Err, &answered) || rule.Breaker == "" || (earlyChannels{r}).Provider(f.Channel) != f.Provider {
		return nil
	}
	c, err := r.breaker.RecordFailure(ctx, breaker.Failure{
		Channel: f.Channel, Cause: rule.Breaker, NeedsOperator: rule.NeedsOperator, Trip: rule.Trip,
		Problem: retryableProblem(f.Err), Began: f.Began,
	})
	if err == nil && c.Changed {
		logPaused(ctx, c, f.Err)
	}
	return err
}

// successTimeout bounds how long the record of a success may wait for the database.
// The next success would record the same.
const successTimeout = 2 * time.Second

// recordSuccess tells the channel's breaker of a request that began at a time and
// succeeded.
func (j *job) recordSuccess(ctx context.Context, began time.Time) {
	ctx, cancel := context.WithTimeout(ctx, successTimeout)
	defer cancel()
	wasOpen, err := j.breaker.RecordSuccess(ctx, j.row.Channel, began)
	switch {
	case err != nil:
		slog.ErrorContext(ctx, "channel state could not be recorded", "channel", j.row.Channel, "error", err)
	case wasOpen:
		slog.InfoContext(ctx, "channel resumed", "channel", j.row.Channel)
	}
}
