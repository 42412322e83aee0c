package main

import (
	"context"
	"log/slog"
	"time"

	"mediarelay/internal/config"
	"mediarelay/internal/relay"
)

// lookEvery is how often the channels' keys are read again. An orchestrator that
// changes a mounted secret gives no sign that works on every file system.
const lookEvery = 5 * time.Second

// rotation brings keys that changed to the relay, so that a channel that was shut
// out goes on without a restart. Channels that are new or gone need one, since
// tokens name them.
type rotation struct {
	reload  func() ([]config.Channel, error)
	rotate  func(context.Context, string, relay.Provider) error
	current map[string]config.Channel
	every   time.Duration
	failing string
}

func newRotation(cfg config.Config, r *relay.Relay) *rotation {
	current := map[string]config.Channel{}
	for _, channel := range cfg.Channels {
		current[channel.Name] = channel
	}
	return &rotation{reload: cfg.Reload, rotate: r.Rotate, current: current, every: lookEvery}
}

// run looks until ctx is done.
func (r *rotation) run(ctx context.Context) {
	if r.reload == nil {
		return
	}
	ticker := time.NewTicker(r.every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			r.look(ctx)
		}
	}
}

// look compares each channel with what its settings say now. Settings that are
// wrong change nothing, and are told once.
func (r *rotation) look(ctx context.Context) {
	channels, err := r.reload()
	if err != nil {
		if text := err.Error(); text != r.failing {
			r.failing = text
			slog.WarnContext(ctx, "the channels cannot be read again, so they stay as they are", "error", err)
		}
		return
	}
	r.failing = ""
	for _, channel := range channels {
		before, known := r.current[channel.Name]
		if known && before != channel {
			r.change(ctx, channel)
		}
	}
}

// change is tried again at the next look where it does not succeed.
func (r *rotation) change(ctx context.Context, channel config.Channel) {
	api, err := connect(channel)
	if err == nil {
		err = r.rotate(ctx, channel.Name, api)
	}
	if err != nil {
		slog.ErrorContext(ctx, "a channel's new settings cannot be used", "channel", channel.Name, "error", err)
		return
	}
	r.current[channel.Name] = channel
	slog.InfoContext(ctx, "a channel has new settings", "channel", channel.Name)
}
