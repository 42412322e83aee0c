package relay

import (
	"context"
	"errors"
	"log/slog"

	"mediarelay/internal/provider"
	"mediarelay/internal/relay/early"
)

// ErrNoChannel: the channel is not configured.
var ErrNoChannel = errors.New("relay: no such channel")

// SendMessage sends one message through a channel's provider, once: after an ambiguous
// failure another attempt could send it twice, so that is the caller's to decide. The
// channel's breaker counts what the failure says about the channel.
func (r *Relay) SendMessage(ctx context.Context, channel string, m provider.Message) (provider.MessageID, error) {
	p := r.provider(channel)
	if p == nil {
		return "", ErrNoChannel
	}
	began := r.now()
	id, err := p.SendMessage(ctx, m)
	if err != nil {
		failure := early.Failure{Channel: channel, Provider: p, Began: began, Err: err}
		if recordErr := r.recordFailure(ctx, failure); recordErr != nil {
			slog.ErrorContext(ctx, "channel state could not be recorded", "channel", channel, "error", recordErr)
		}
	}
	return id, err
}
