package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
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
	reload  func() ([]config.Reading, error)
	rotate  func(context.Context, string, relay.Provider) error
	current map[string]config.Channel
	every   time.Duration

	mu      sync.Mutex
	pending map[string]trouble // by channel; under "" that of the channels file
}

// trouble is why what the settings say is not what runs.
type trouble struct {
	note string // for /readyz, without paths
	err  error  // for the log
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

// look compares each channel with what its settings say now. What is wrong with one
// changes nothing of it, and is told once.
func (r *rotation) look(ctx context.Context) {
	readings, err := r.reload()
	if err != nil {
		r.tell(ctx, map[string]trouble{"": {"the channels file cannot be read again: all channels stay as they are", err}})
		return
	}
	found := map[string]trouble{}
	for name := range r.current {
		found[name] = trouble{note: "channel " + name + " is no longer in the channels file: it goes on until a restart"}
	}
	for _, reading := range readings {
		delete(found, reading.Name)
		if t := r.follow(ctx, reading); t.note != "" {
			found[reading.Name] = t
		}
	}
	r.tell(ctx, found)
}

// follow brings one channel's settings to the relay where they changed. What does not
// succeed is tried again at the next look.
func (r *rotation) follow(ctx context.Context, now config.Reading) trouble {
	before, known := r.current[now.Name]
	switch {
	case !known:
		return trouble{"channel " + now.Name + " is new in the channels file: it begins with a restart", now.Err}
	case now.Err == nil && before == now.Channel:
		return trouble{}
	}
	err := now.Err
	if err == nil {
		err = r.change(ctx, now.Channel)
	}
	if err != nil {
		return trouble{"channel " + now.Name + " keeps its earlier settings: the new ones cannot be used", err}
	}
	return trouble{}
}

func (r *rotation) change(ctx context.Context, channel config.Channel) error {
	api, err := connect(channel)
	if err == nil {
		err = r.rotate(ctx, channel.Name, api)
	}
	if err == nil {
		r.current[channel.Name] = channel
		slog.InfoContext(ctx, "a channel has new settings", "channel", channel.Name)
	}
	return err
}

// tell logs the troubles that are new, or other than at the last look.
func (r *rotation) tell(ctx context.Context, found map[string]trouble) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if now := found[name]; now.text() != r.pending[name].text() {
			slog.WarnContext(ctx, "what runs is not what the channels file says", "channel", name, "note", now.note, "error", now.err)
		}
	}
	r.pending = found
}

func (t trouble) text() string { return fmt.Sprint(t.note, t.err) }

// notes are the troubles as they were at the last look, a line each.
func (r *rotation) notes() (lines []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(r.pending)) {
		lines = append(lines, r.pending[name].note+"; the log says more")
	}
	return lines
}
