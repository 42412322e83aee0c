package relay

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
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

// dispatch starts a worker, under working, for every due relay that has a place. It reads
// again after it has started some: of two relays with the same content the second one
// took a place in the list, and has to wait.
func (r *Relay) dispatch(ctx, working context.Context, workers *sync.WaitGroup) error {
	for {
		due, err := r.config.Library.DueRelays(ctx, r.capacity)
		if err != nil {
			return err
		}
		started := false
		for _, row := range due {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			began, err := r.start(working, workers, row)
			if err != nil {
				return err
			}
			started = started || began
		}
		if !started {
			return nil
		}
	}
}

// start starts the worker of a relay, unless there is no place for it or another worker
// has a lease that it needs.
func (r *Relay) start(working context.Context, workers *sync.WaitGroup, row library.Relay) (started bool, err error) {
	if !r.enter(row) {
		return false, nil
	}
	held, err := r.acquire(working, row)
	if err != nil {
		r.giveBack(row)
		if errors.Is(err, lease.ErrHeld) {
			err = nil
		}
		return false, err
	}
	workers.Go(func() {
		defer r.leave(row)
		r.work(working, row, held)
	})
	return true, nil
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

// capacity says what can be started of a channel. The first relay of a channel does not
// depend on the other channels.
func (r *Relay) capacity(channel string) library.Capacity {
	r.mu.Lock()
	defer r.mu.Unlock()
	contents := r.running[channel]
	free := r.config.PerChannel - len(contents)
	if len(contents) > 0 {
		free = min(free, r.config.Workers-r.total)
	}
	return library.Capacity{Free: free, Running: slices.Sorted(maps.Keys(contents)), After: r.served[channel]}
}

// enter takes one of the channel's places for a relay whose content has no worker yet.
func (r *Relay) enter(row library.Relay) bool {
	c := r.capacity(row.Channel)
	if c.Free <= 0 || slices.Contains(c.Running, row.SHA256) {
		return false
	}
	r.mu.Lock()
	r.total++
	if r.running[row.Channel] == nil {
		r.running[row.Channel] = map[string]struct{}{}
	}
	r.running[row.Channel][row.SHA256] = struct{}{}
	r.served[row.Channel] = row.Subject
	r.mu.Unlock()
	r.config.Metrics.running.WithLabelValues(row.Channel).Inc()
	return true
}

// leave gives a place back and wakes the dispatcher.
func (r *Relay) leave(row library.Relay) {
	r.giveBack(row)
	select {
	case r.freed <- struct{}{}:
	default: // a notification is waiting already
	}
}

// giveBack gives back a place that was not used, without waking the dispatcher. It
// would try the same row again at once, for as long as another worker holds it.
func (r *Relay) giveBack(row library.Relay) {
	r.mu.Lock()
	r.total--
	if delete(r.running[row.Channel], row.SHA256); len(r.running[row.Channel]) == 0 {
		delete(r.running, row.Channel)
	}
	r.mu.Unlock()
	r.config.Metrics.running.WithLabelValues(row.Channel).Dec()
}
