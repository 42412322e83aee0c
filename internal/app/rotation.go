package app

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

// rotationInterval is how often the channels' keys are read again. When an orchestrator
// changes a mounted secret, no notification works on every file system.
const rotationInterval = 5 * time.Second

// rotation passes changed keys to the relay, so that a channel that was paused by an
// auth failure resumes without a restart. New and removed channels need a restart,
// since tokens name channels.
type rotation struct {
	reload  func() ([]config.Reading, error)
	rotate  func(context.Context, string, relay.Provider) error
	current map[string]config.Channel
	every   time.Duration

	mu      sync.Mutex
	pending map[string]mismatch // by channel; the channels file itself is under ""
}

// mismatch is a difference between the settings and what runs, and its reason.
type mismatch struct {
	note string // for /readyz, without paths
	err  error  // for the log
}

func newRotation(cfg config.Config, r *relay.Relay) *rotation {
	current := map[string]config.Channel{}
	for _, channel := range cfg.Channels {
		current[channel.Name] = channel
	}
	return &rotation{reload: cfg.Reload, rotate: r.Rotate, current: current, every: rotationInterval}
}

// run checks periodically until ctx is done.
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
			r.check(ctx)
		}
	}
}

// check compares each channel with its current settings. A channel whose settings are
// invalid stays as it is; the reason is logged once.
func (r *rotation) check(ctx context.Context) {
	readings, err := r.reload()
	if err != nil {
		r.report(ctx, map[string]mismatch{"": {"the channels file cannot be read again: all channels keep their settings", err}})
		return
	}
	found := map[string]mismatch{}
	for name := range r.current {
		found[name] = mismatch{note: "channel " + name + " is no longer in the channels file: it runs until a restart"}
	}
	for _, reading := range readings {
		delete(found, reading.Name)
		if m := r.apply(ctx, reading); m.note != "" {
			found[reading.Name] = m
		}
	}
	r.report(ctx, found)
}

// apply passes one channel's settings to the relay if they changed. A failure is
// retried at the next check.
func (r *rotation) apply(ctx context.Context, now config.Reading) mismatch {
	before, known := r.current[now.Name]
	switch {
	case !known:
		return mismatch{"channel " + now.Name + " is new in the channels file: it starts with a restart", now.Err}
	case now.Err == nil && before == now.Channel:
		return mismatch{}
	}
	err := now.Err
	if err == nil {
		err = r.change(ctx, now.Channel)
	}
	if err != nil {
		return mismatch{"channel " + now.Name + " keeps its earlier settings: the new ones cannot be used", err}
	}
	return mismatch{}
}

func (r *rotation) change(ctx context.Context, channel config.Channel) error {
	api, err := newProvider(channel)
	if err == nil {
		err = r.rotate(ctx, channel.Name, api)
	}
	if err == nil {
		r.current[channel.Name] = channel
		slog.InfoContext(ctx, "channel settings changed", "channel", channel.Name)
	}
	return err
}

// report logs the mismatches that differ from those of the previous check.
func (r *rotation) report(ctx context.Context, found map[string]mismatch) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if now := found[name]; now.text() != r.pending[name].text() {
			slog.WarnContext(ctx, "running settings differ from the channels file", "channel", name, "note", now.note, "error", now.err)
		}
	}
	r.pending = found
}

func (m mismatch) text() string { return fmt.Sprint(m.note, m.err) }

// notes are the mismatches of the previous check, one line each.
func (r *rotation) notes() (lines []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(r.pending)) {
		lines = append(lines, r.pending[name].note+"; see the log")
	}
	return lines
}
