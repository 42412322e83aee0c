package intake_test

import (
	"context"
	"net/http"
	"testing"

	"mediarelay/internal/intake"
	"mediarelay/internal/lease"
	"mediarelay/internal/library"
)

// A full database is the same problem as a full store, for rows, keys and locks.
func TestAFullDatabaseIsStorageFull(t *testing.T) {
	rows, locks := &fullRows{}, &fullLocks{}
	h := start(t, func(c *intake.Config) {
		rows.Uploads, locks.Leases = c.Uploads, c.Leases
		c.Uploads, c.Leases = rows, locks
	})
	path := h.create(5, key)
	rows.full = true
	for what, r := range map[string]request{
		"a creation":            creation(5),
		"a repeated creation":   creation(5, key),
		"the last bytes' chunk": patch(path, 0, "hello"),
	} {
		locks.full = what == "the last bytes' chunk"
		if got := h.do(r); got.status != http.StatusInsufficientStorage || got.code != "storage_full" {
			t.Errorf("%s: %d %s", what, got.status, got.code)
		}
	}
	// A HEAD needs no row. Without a lock it is a passing fault: after any error but 423,
	// tus-js-client starts again from byte 0.
	locks.full = false
	h.wantOffset(path, 0)
	locks.full = true
	h.want(h.do(head(path)), http.StatusLocked, "")
	rows.full, locks.full = false, false
	h.want(h.do(patch(path, 0, "hello")), http.StatusNoContent, "")
	h.wantState(path, library.StateChecking)
}

type fullRows struct {
	intake.Uploads
	full bool
}

func (f *fullRows) CreateUpload(ctx context.Context, u library.Upload) error {
	if f.full {
		return library.ErrFull
	}
	return f.Uploads.CreateUpload(ctx, u)
}

func (f *fullRows) TouchUpload(ctx context.Context, id string) error {
	if f.full {
		return library.ErrFull
	}
	return f.Uploads.TouchUpload(ctx, id)
}

type fullLocks struct {
	intake.Leases
	full bool
}

func (f *fullLocks) Acquire(ctx context.Context, name string) (*lease.Lease, error) {
	if f.full {
		return nil, library.ErrFull
	}
	return f.Leases.Acquire(ctx, name)
}
