package relay

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"mediarelay/internal/lease"
	"mediarelay/internal/library"
)

// Run works until ctx is done. Then it begins nothing new, gives what runs
// Config.Drain to end, and returns; what did not end goes on at the next start
// or on another replica.
func (r *Relay) Run(ctx context.Context) {
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	r.begin(ctx)
	var workers sync.WaitGroup
	workers.Go(func() { r.scout(ctx, working, &workers) })
	for r.pause(ctx) {
		if err := r.dispatch(ctx, working, &workers); err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "due relays could not be read", "error", err)
		}
	}
	drained := time.AfterFunc(r.config.Drain, stop)
	defer drained.Stop()
	workers.Wait()
}

// begin lets channels try again that were shut out when an earlier process ran:
// a restart is how an operator brings another key.
func (r *Relay) begin(ctx context.Context) {
	for channel := range r.config.Providers {
		if err := r.revive(ctx, channel); err != nil {
			slog.ErrorContext(ctx, "a channel's state could not be read", "channel", channel, "error", err)
		}
	}
}

// pause waits for something to do and reports whether to go on.
func (r *Relay) pause(ctx context.Context) bool {
	timer := time.NewTimer(r.config.Poll)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-r.config.Library.Work():
	case <-r.freed:
	case <-timer.C:
	}
	return ctx.Err() == nil
}

// dispatch starts a worker, under working, for every due relay that there is room
// for.
func (r *Relay) dispatch(ctx, working context.Context, workers *sync.WaitGroup) error {
	due, err := r.config.Library.DueRelays(ctx, r.config.Workers+len(r.config.Providers))
	if err != nil {
		return err
	}
	for _, row := range due {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !r.enter(row.Channel) {
			continue
		}
		held, err := r.claim(working, row)
		if err != nil {
			r.giveBack(row.Channel)
			if !errors.Is(err, lease.ErrHeld) {
				return err
			}
			continue
		}
		workers.Go(func() {
			defer r.leave(row.Channel)
			r.work(working, row, held)
		})
	}
	return nil
}

// claim takes what a worker must hold: the lease of the content, and for a
// channel that has stopped the right to try, which one relay has at a time.
func (r *Relay) claim(ctx context.Context, row library.Relay) (held claim, err error) {
	ctx, cancel := context.WithTimeout(ctx, lease.TimeToLive)
	defer cancel()
	if row.Probe {
		if held.probe, err = r.config.Leases.Acquire(ctx, row.ProbeLeaseName()); err != nil {
			return claim{}, err
		}
	}
	if held.content, err = r.config.Leases.Acquire(ctx, row.LeaseName()); err != nil {
		return claim{}, errors.Join(err, held.release(ctx))
	}
	return held, nil
}

// claim is what a worker holds.
type claim struct{ content, probe *lease.Lease }

func (c claim) release(ctx context.Context) error {
	var errs []error
	for _, l := range []*lease.Lease{c.content, c.probe} {
		if l != nil {
			errs = append(errs, l.Release(ctx))
		}
	}
	return errors.Join(errs...)
}

// enter takes one of the channel's places, and beyond its first one of all.
func (r *Relay) enter(channel string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	running := r.running[channel]
	if running >= r.config.PerChannel || running > 0 && r.total >= r.config.Workers {
		return false
	}
	r.total++
	r.running[channel]++
	r.config.Metrics.running.WithLabelValues(channel).Inc()
	return true
}

// leave gives a place back and says so to the dispatcher.
func (r *Relay) leave(channel string) {
	r.giveBack(channel)
	select {
	case r.freed <- struct{}{}:
	default: // a hint is waiting already
	}
}

// giveBack gives back a place that came to no use. It is no news: the same row would
// be tried again at once, for as long as another holds it.
func (r *Relay) giveBack(channel string) {
	r.mu.Lock()
	r.total--
	if r.running[channel]--; r.running[channel] == 0 {
		delete(r.running, channel)
	}
	r.mu.Unlock()
	r.config.Metrics.running.WithLabelValues(channel).Dec()
}
