package intake_test

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mediarelay/internal/intake"
	"mediarelay/internal/library"
)

// counting counts the uploads that are read for the reconciler and the marks of activity.
type counting struct {
	intake.Uploads
	listed, touched atomic.Int64
}

func (c *counting) Unfinished(ctx context.Context, silentSince time.Time, after library.Cursor, limit int) ([]library.Upload, error) {
	list, err := c.Uploads.Unfinished(ctx, silentSince, after, limit)
	c.listed.Add(int64(len(list)))
	return list, err
}

func (c *counting) TouchUpload(ctx context.Context, id string) error {
	c.touched.Add(1)
	return c.Uploads.TouchUpload(ctx, id)
}

func startCounting(t *testing.T, replicas bool) (*harness, *counting) {
	t.Helper()
	counts := &counting{}
	h := start(t, func(c *intake.Config) {
		counts.Uploads = c.Uploads
		c.Uploads, c.Replicas = counts, replicas
	})
	return h, counts
}

// Only the first pass reads the uploads that nobody continues.
func TestOpenUploadsAreReadOnce(t *testing.T) {
	for name, replicas := range map[string]bool{"one process": false, "replicas": true} {
		t.Run(name, func(t *testing.T) {
			h, counts := startCounting(t, replicas)
			const open = 20
			for range open {
				h.create(5)
			}
			h.must(h.intake.Reconcile(t.Context()))
			if got := counts.listed.Swap(0); got != open {
				t.Errorf("the first pass read %d uploads, want %d", got, open)
			}
			later := time.Now().Add(5 * time.Minute) // without activity since
			h.intake.SetClock(func() time.Time { return later })
			h.must(h.intake.Reconcile(t.Context()))
			if got := counts.listed.Load(); got != 0 {
				t.Errorf("the second pass read %d uploads, want 0", got)
			}
		})
	}
}

// An upload that another process left complete is finished by this one, however long it
// has been running.
func TestAnUploadOfADeadReplicaIsFinished(t *testing.T) {
	h, _ := startCounting(t, true)
	h.must(h.intake.Reconcile(t.Context()))
	path := h.create(5)
	_, err := h.bytes.Append(t.Context(), idOf(path), 0, strings.NewReader("hello")) // by the other process
	h.must(err)
	h.must(h.intake.Reconcile(t.Context()))
	h.wantState(path, library.StateChecking)
}

// Chunks that follow each other within a second are one activity, and the finish is
// another.
func TestActivityIsRecordedOnceASecond(t *testing.T) {
	h, counts := startCounting(t, false)
	now := h.clock()
	path := h.create(5)
	h.want(h.do(patch(path, 0, "h")), http.StatusNoContent, "")
	h.want(h.do(patch(path, 1, "e")), http.StatusNoContent, "")
	if got := counts.touched.Load(); got != 0 {
		t.Errorf("%d marks of activity in the second of the creation, want 0", got)
	}
	now.Add(int64(2 * time.Second))
	h.want(h.do(patch(path, 2, "l")), http.StatusNoContent, "")
	if got := counts.touched.Load(); got != 1 {
		t.Errorf("%d marks of activity after 2 s, want 1", got)
	}
	h.want(h.do(patch(path, 3, "lo")), http.StatusNoContent, "")
	if got := counts.touched.Load(); got != 1 {
		t.Errorf("%d marks of activity with the finish, want 1", got)
	}
	h.wantState(path, library.StateChecking)
}
