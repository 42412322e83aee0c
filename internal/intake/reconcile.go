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
	// reconcileEvery bounds how long a finish that failed waits for no reason.
	reconcileEvery = 10 * time.Second
	// batch bounds how many uploads one pass looks at.
	batch = 1000
)

// Run finishes, at the start and every 10 s, what a crash or a failure left
// between its last byte and its finish, and sweeps what expired, until ctx is
// done.
func (i *Intake) Run(ctx context.Context) {
	tick := time.NewTicker(reconcileEvery)
	defer tick.Stop()
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
	return errors.Join(i.finishWhole(ctx), i.sweepUnfinished(ctx), i.sweepEnded(ctx))
}

func (i *Intake) finishWhole(ctx context.Context) error {
	list, err := i.config.Uploads.Unfinished(ctx, i.now(), batch)
	for _, u := range list {
		offset, lookErr := i.config.Bytes.Offset(ctx, u.ID)
		if lookErr == nil && offset == u.Length {
			err = errors.Join(err, i.finish(ctx, u))
		}
	}
	return err
}

func (i *Intake) sweepUnfinished(ctx context.Context) error {
	list, err := i.config.Uploads.Unfinished(ctx, i.now().Add(-i.config.Expiry), batch)
	for _, u := range list {
		err = errors.Join(err, i.sweep(ctx, u))
	}
	return err
}

func (i *Intake) sweepEnded(ctx context.Context) error {
	list, err := i.config.Uploads.Ended(ctx, i.now().Add(-i.config.Retention), batch)
	for _, u := range list {
		err = errors.Join(err, i.sweep(ctx, u))
	}
	return err
}

// sweep forgets an upload unless somebody holds it or it moved since it was listed.
func (i *Intake) sweep(ctx context.Context, u library.Upload) (err error) {
	held, err := i.config.Leases.Acquire(ctx, leaseName(u.ID))
	if errors.Is(err, lease.ErrHeld) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, held.Release(context.WithoutCancel(ctx))) }()
	now, err := i.config.Uploads.UploadByID(ctx, u.ID)
	if errors.Is(err, library.ErrNotFound) || (err == nil && !now.TouchedAt.Equal(u.TouchedAt)) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := i.forget(ctx, u.ID); err != nil {
		return fmt.Errorf("sweep upload %s: %w", u.ID, err)
	}
	return nil
}
