package intake

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mediarelay/internal/lease"
	"mediarelay/internal/library"
	"mediarelay/internal/store"
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

// Reconcile makes one pass. The failure of one upload does not affect the others. While
// the store is unavailable it does nothing, because every upload would look lost.
func (i *Intake) Reconcile(ctx context.Context) error {
	if err := i.config.Bytes.Present(ctx); err != nil {
		return err
	}
	now, uploads := i.sweepTime(), i.config.Uploads
	i.digests.dropOld(time.Now().Add(-i.config.Expiry)) // by the clock of this process, which set their times
	return errors.Join(
		i.each(ctx, uploads.Unfinished, i.now(), i.finishComplete),
		i.each(ctx, uploads.Unfinished, now.Add(-i.config.Expiry), i.sweep),
		i.each(ctx, uploads.Ended, now.Add(-i.config.Retention), i.sweep),
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

// each calls do for every upload of a list.
func (i *Intake) each(ctx context.Context, list lister, silentSince time.Time, do func(context.Context, library.Upload) error) error {
	var failed error
	for after := (library.Cursor{}); ; {
		page, err := list(ctx, silentSince, after, batch)
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

func (i *Intake) finishComplete(ctx context.Context, u library.Upload) error {
	if u.State != library.StateUploading {
		return nil // its row is damaged
	}
	offset, err := i.config.Bytes.Offset(ctx, u.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil // a repeated creation creates the file, or the upload expires
	}
	if err != nil || offset < u.Length {
		return err
	}
	return i.underLease(ctx, u, i.finishStillComplete)
}

// finishStillComplete checks the offset again under the lease: a chunk that was being
// verified may have been discarded.
func (i *Intake) finishStillComplete(ctx context.Context, u library.Upload) error {
	offset, err := i.config.Bytes.Offset(ctx, u.ID)
	if err != nil || offset < u.Length {
		return err
	}
	return i.finish(ctx, u)
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
