package faults

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage"
)

// Databases that are locked, or whose line breaks.

// Another process holds the lock of the SQLite file for ten seconds. Writes are
// rejected temporarily and never half done: a complete file is either not acknowledged, or
// it is relayed.
func TestLockedSQLite(t *testing.T) {
	t.Parallel()
	i := stage.NewProcess(t)
	i.Start()
	files := jpegFiles(t, 6, 100_000)
	f := files[0]
	i.Must(i.CreateUpload(t.Context(), f))

	db := i.SQLite("_txlock=immediate")
	defer db.Close()
	lock, err := db.BeginTx(t.Context(), nil)
	i.Must(err)
	const held = 10 * time.Second
	unlocked := time.AfterFunc(held, func() { _ = lock.Rollback() })
	defer unlocked.Stop()

	began := time.Now()
	_, err = i.Patch(t.Context(), f, 0)
	if took := time.Since(began); took < held && err == nil {
		t.Errorf("the last byte was acknowledged after %v, while it could not be persisted", took)
	}
	if err != nil {
		wantTemporary(t, err)
	}
	if status, _ := i.Admin("/readyz"); time.Since(began) < held && status != http.StatusServiceUnavailable {
		t.Errorf("with a locked database /readyz answers %d", status)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*stage.RecoveryTimeout)
	defer cancel()
	i.WantRelayed(i.SendAll(ctx, files))
}

// wantTemporary wants an error that clients retry.
func wantTemporary(t *testing.T, err error) {
	t.Helper()
	for _, status := range []string{"503 ", "423 "} {
		if strings.HasPrefix(err.Error(), status) {
			return
		}
	}
	t.Errorf("got %v, want 503 or 423", err)
}
