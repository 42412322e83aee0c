package intake

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"mediarelay/internal/lease"
	"mediarelay/internal/library"
	"mediarelay/internal/store"
)

const (
	// listAllEvery is how often all unfinished uploads are read if other processes serve
	// the database too: one of them may have died with the last byte of a slow upload.
	listAllEvery = 10 * time.Minute
	// recent is the age of the activity of an upload that such a process may just have
	// left behind. It covers a few passes, and the time to live of the dead one's leases.
	recent = time.Minute
)

// unfinished are the uploads whose bytes may be complete though they are not finished:
// those that this process saw, and those that it found in the library. They remain here
// until they are finished or turn out to be incomplete.
type unfinished struct {
	mu  sync.Mutex
	ids map[string]struct{}
	// listed is when all unfinished uploads were read from the library. Only Reconcile uses it.
	listed time.Time
}

func newUnfinished() *unfinished { return &unfinished{ids: map[string]struct{}{}} }

func (s *unfinished) add(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids[id] = struct{}{}
}

func (s *unfinished) remove(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.ids, id)
}

func (s *unfinished) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Keys(s.ids))
}

// finishComplete finishes the uploads that are complete and not finished.
func (i *Intake) finishComplete(ctx context.Context) error {
	failed := i.findComplete(ctx)
	for _, id := range i.unfinished.all() {
		if err := i.finishOne(ctx, id); err != nil {
			failed = errors.Join(failed, fmt.Errorf("upload %s: %w", id, err))
		}
	}
	return failed
}

// findComplete looks for uploads that another process left behind. The owner of a
// database reads all unfinished uploads once, at its start. Otherwise those with recent
// activity are read in every pass, and all of them now and then.
func (i *Intake) findComplete(ctx context.Context) error {
	began, now := time.Now(), i.now()
	period := silent{until: now}
	all := i.unfinished.listed.IsZero() || i.config.Replicas && began.Sub(i.unfinished.listed) >= listAllEvery
	switch {
	case all:
	case i.config.Replicas:
		period.from = now.Add(-recent)
	default:
		return nil
	}
	err := i.each(ctx, i.config.Uploads.Unfinished, period, i.noteComplete)
	if all && err == nil {
		i.unfinished.listed = began
	}
	return err
}

// noteComplete remembers an upload if its bytes are complete, or cannot be counted.
func (i *Intake) noteComplete(ctx context.Context, u library.Upload) error {
	if u.State != library.StateUploading {
		return nil // its row is damaged
	}
	offset, err := i.config.Bytes.Offset(ctx, u.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil // a repeated creation creates the file, or the upload expires
	}
	if err != nil || offset >= u.Length {
		i.unfinished.add(u.ID)
	}
	return nil
}

// finishOne finishes an upload if it is complete. It leaves one that a request holds to
// that request. It counts the bytes under the lease: a chunk that was being verified may
// have been discarded.
func (i *Intake) finishOne(ctx context.Context, id string) (err error) {
	held, err := i.config.Leases.Acquire(ctx, leaseName(id))
	if errors.Is(err, lease.ErrHeld) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, held.Release(context.WithoutCancel(ctx))) }()
	u, err := i.config.Uploads.UploadByID(ctx, id)
	if errors.Is(err, library.ErrNotFound) || err == nil && u.State != library.StateUploading {
		i.unfinished.remove(id)
		return nil
	}
	if err != nil {
		return err
	}
	offset, err := i.config.Bytes.Offset(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && offset < u.Length {
		i.unfinished.remove(id)
		return nil
	}
	if err != nil {
		return err
	}
	return i.finish(ctx, u)
}
