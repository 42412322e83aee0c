package relay

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"mediarelay/internal/breaker"
	"mediarelay/internal/lease"
	"mediarelay/internal/library"
)

// Run works until ctx is done. Then it begins nothing new, lets running relays continue
// for Config.Drain, and returns. Relays that have not ended are resumed at the next
// start or by another replica.
func (r *Relay) Run(ctx context.Context) {
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	r.resetAll(ctx)
	var workers sync.WaitGroup
	workers.Go(func() { r.early.Run(ctx, working) })
	for r.awaitWork(ctx) {
		if err := r.dispatch(ctx, working, &workers); err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "due relays could not be read", "error", err)
		}
	}
	drained := time.AfterFunc(r.config.Drain, stop)
	defer drained.Stop()
	workers.Wait()
}

// resetAll resets the breakers that only an operator can close: a restart is how an
// operator installs a new key.
func (r *Relay) resetAll(ctx context.Context) {
	for channel := range r.config.Providers {
		if err := r.reset(ctx, channel); err != nil {
			slog.ErrorContext(ctx, "channel state could not be read", "channel", channel, "error", err)
		}
	}
}

// awaitWork waits until relays may be due. It reports false after the stop.
func (r *Relay) awaitWork(ctx context.Context) bool {
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

// dispatch starts a worker, under working, for every due relay that has a place.
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
		held, err := r.acquire(working, row)
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

// acquire takes the leases that a worker must hold: that of the content, and for a
// half-open channel that of the probe, which one relay has at a time.
func (r *Relay) acquire(ctx context.Context, row library.Relay) (held heldLeases, err error) {
	ctx, cancel := context.WithTimeout(ctx, lease.TimeToLive)
	defer cancel()
	if row.Probe {
		if held.probe, err = r.config.Leases.Acquire(ctx, breaker.ProbeLease(row.Channel)); err != nil {
			return heldLeases{}, err
		}
	}
	if held.content, err = r.config.Leases.Acquire(ctx, row.LeaseName()); err != nil {
		return heldLeases{}, errors.Join(err, held.release(ctx))
	}
	return held, nil
}

// heldLeases are the leases of a worker; probe may be nil.
type heldLeases struct{ content, probe *lease.Lease }

func (h heldLeases) release(ctx context.Context) error {
	var errs []error
	for _, l := range []*lease.Lease{h.content, h.probe} {
		if l != nil {
			errs = append(errs, l.Release(ctx))
		}
	}
	return errors.Join(errs...)
}

// enter takes one of the channel's places. Its first one does not depend on the other channels.
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

// leave gives a place back and wakes the dispatcher.
func (r *Relay) leave(channel string) {
	r.giveBack(channel)
	select {
	case r.freed <- struct{}{}:
	default: // a notification is waiting already
	}
}

// giveBack gives back a place that was not used, without waking the dispatcher. It
// would try the same row again at once, for as long as another worker holds it.
func (r *Relay) giveBack(channel string) {
	r.mu.Lock()
	r.total--
	if r.running[channel]--; r.running[channel] == 0 {
		delete(r.running, channel)
	}
	r.mu.Unlock()
	r.config.Metrics.running.WithLabelValues(channel).Dec()
}
