package intake

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mediarelay/internal/lease"
	"mediarelay/internal/library"
)

const (
	// reconcileEvery is how often failed finishes are repeated and expired uploads swept.
	reconcileEvery = 10 * time.Second
	// batch is how many uploads are read with one query.
	batch = 500
)

// Run reconciles at the start and every 10 s until ctx is done: it finishes complete
// uploads whose finish failed or was interrupted by a crash, and sweeps expired ones.
func (i *Intake) Run(ctx context.Context) {
	tick, sweep := time.NewTicker(reconcileEvery), time.NewTicker(orphanSweepEvery)
	defer tick.Stop()
	defer sweep.Stop()
	i.sweepOrphans(ctx)
	for {
		if err := i.Reconcile(ctx); err != nil && ctx.Err() == nil {
			logFailure(ctx, "reconcile", "", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-sweep.C:
			i.sweepOrphans(ctx)
		case <-tick.C:
		}
	}
}

// Reconcile makes one pass. The failure of one upload does not affect the others. The
// cost of a pass is that of what it has to do, except for the first one, which looks at
// every upload that is not finished. While the store is unavailable it does nothing,
// because every upload would look lost.
func (i *Intake) Reconcile(ctx context.Context) error {
	if err := i.config.Bytes.Present(ctx); err != nil {
		return err
	}
	now, uploads := i.sweepTime(), i.config.Uploads
	i.digests.dropOld(time.Now().Add(-i.config.Expiry)) // by the clock of this process, which set their times
	return errors.Join(
		i.finishComplete(ctx),
		i.each(ctx, uploads.Unfinished, silent{until: now.Add(-i.config.Expiry)}, i.sweep),
		i.each(ctx, uploads.Ended, silent{until: now.Add(-i.config.Retention)}, i.sweep),
	)
}

// sweepTime is the time by which uploads expire. If the clock is set forward by a day,
// no upload becomes a day older.
func (i *Intake) sweepTime() time.Time {
	now, steady := i.now(), i.steady()
	if steady.Before(now) {
		return steady
	}
	return now
}

// lister lists the uploads without activity since a time, page by page.
type lister func(ctx context.Context, silentSince time.Time, after library.Cursor, limit int) ([]library.Upload, error)

// silent is the period that the last activity of an upload lies in. The zero from is
// before all of them.
type silent struct{ from, until time.Time }

// each calls do for every upload of a list.
func (i *Intake) each(ctx context.Context, list lister, s silent, do func(context.Context, library.Upload) error) error {
	var failed error
	for after := (library.Cursor{TouchedAt: s.from}); ; {
		page, err := list(ctx, s.until, after, batch)
		if err != nil {
			return errors.Join(failed, err)
		}
		for _, u := range page {
			failed = errors.Join(failed, do(ctx, u))
		}
		if len(page) < batch {
			return failed
		}
		after = page[len(page)-1].Cursor()
	}
}

func (i *Intake) sweep(ctx context.Context, u library.Upload) error {
	return i.underLease(ctx, u, func(ctx context.Context, u library.Upload) error { return i.remove(ctx, u.ID) })
}

// underLease calls do under the lease of an upload. It skips an upload that another
// request holds or that has changed since it was listed.
func (i *Intake) underLease(ctx context.Context, u library.Upload, do func(context.Context, library.Upload) error) (err error) {
	held, err := i.config.Leases.Acquire(ctx, leaseName(u.ID))
	if errors.Is(err, lease.ErrHeld) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, held.Release(context.WithoutCancel(ctx))) }()
	now, err := i.config.Uploads.UploadByID(ctx, u.ID)
	if errors.Is(err, library.ErrNotFound) || (err == nil && (now.State != u.State || !now.TouchedAt.Equal(u.TouchedAt))) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := do(ctx, now); err != nil {
		return fmt.Errorf("upload %s: %w", u.ID, err)
	}
	return nil
}
