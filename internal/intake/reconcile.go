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
	// reconcileEvery bounds how long a finish that failed waits for no reason.
	reconcileEvery = 10 * time.Second
	// batch is how many uploads are read at once.
	batch = 500
	// orphanAge is how old bytes without a row must be to be nobody's: far older
	// than any creation that is under way.
	orphanAge = time.Hour
)

// Run finishes, at the start and every 10 s, what a crash or a failure left
// between its last byte and its finish, and sweeps what expired, until ctx is
// done.
func (i *Intake) Run(ctx context.Context) {
	tick := time.NewTicker(reconcileEvery)
	defer tick.Stop()
	if err := i.sweepOrphans(ctx); err != nil && ctx.Err() == nil {
		logFailure(ctx, "sweep bytes without a row", "", err)
	}
	for {
		if err := i.Reconcile(ctx); err != nil && ctx.Err() == nil {
			logFailure(ctx, "reconcile", "", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Reconcile makes one pass. One upload's failure does not keep the others waiting.
func (i *Intake) Reconcile(ctx context.Context) error {
	now, uploads := i.sweepTime(), i.config.Uploads
	i.digests.dropOld(time.Now().Add(-i.config.Expiry)) // memory of this process, by its own clock
	return errors.Join(
		i.each(ctx, uploads.Unfinished, i.now(), i.finishWhole),
		i.each(ctx, uploads.Unfinished, now.Add(-i.config.Expiry), i.forgetSilent),
		i.each(ctx, uploads.Ended, now.Add(-i.config.Retention), i.forgetSilent),
	)
}

// sweepTime is the time for what is forgotten by it: a clock that is put forward
// by a day must not make every upload a day old.
func (i *Intake) sweepTime() time.Time {
	now, steady := i.now(), i.steady()
	if steady.Before(now) {
		return steady
	}
	return now
}

// lister lists uploads that were silent since a time, page by page.
type lister func(ctx context.Context, silentSince time.Time, after library.Cursor, limit int) ([]library.Upload, error)

// each does something to every upload of a list.
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

func (i *Intake) finishWhole(ctx context.Context, u library.Upload) error {
	if u.State != library.StateUploading {
		return nil // its row is damaged
	}
	offset, err := i.config.Bytes.Offset(ctx, u.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil // a repeated creation makes them, or the upload expires
	}
	if err != nil || offset < u.Length {
		return err
	}
	return i.underLease(ctx, u, i.finishStillWhole)
}

// finishStillWhole looks again under the lease: a chunk that was being checked
// may have been taken back.
func (i *Intake) finishStillWhole(ctx context.Context, u library.Upload) error {
	offset, err := i.config.Bytes.Offset(ctx, u.ID)
	if err != nil || offset < u.Length {
		return err
	}
	return i.finish(ctx, u)
}

func (i *Intake) forgetSilent(ctx context.Context, u library.Upload) error {
	return i.underLease(ctx, u, func(ctx context.Context, u library.Upload) error { return i.forget(ctx, u.ID) })
}

// underLease does something to an upload that did not move since it was listed.
// One that somebody holds is in good hands.
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

// sweepOrphans removes bytes that no row knows of, as a crash or a power cut
// leaves them.
func (i *Intake) sweepOrphans(ctx context.Context) error {
	now := i.sweepTime()
	if host := time.Now(); host.Before(now) { // files carry the time of their host
		now = host
	}
	ids, err := i.config.Bytes.Old(ctx, now.Add(-orphanAge))
	for _, id := range ids {
		if _, lookErr := i.config.Uploads.UploadByID(ctx, id); errors.Is(lookErr, library.ErrNotFound) {
			err = errors.Join(err, i.config.Bytes.Remove(ctx, id))
		}
	}
	return err
}
