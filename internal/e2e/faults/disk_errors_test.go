package faults

import (
	"context"
	"net/http"
	"path/filepath"
	"syscall"
	"testing"

	"mediarelay/internal/e2e/stage"
)

// The disk rejects a write, the flush of a file, or the flush of its folder. The bytes
// are not acknowledged, and no later flush is trusted for them: they are sent again.
func TestFailedFlushIsNotTrustedLater(t *testing.T) {
	for name, c := range map[string]struct {
		inject string
		folder bool
	}{
		"a write of the file":     {"pwrite64:error=EIO:when=1", false},
		"the flush of the file":   {"fsync:error=EIO:when=1", false},
		"the flush of the folder": {"fsync:error=EIO:when=1", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := stage.NewProcess(t)
			i.Start()
			files := jpegFiles(t, 3, 100_000)
			f := files[0]
			i.Must(i.CreateUpload(t.Context(), f))
			path := filepath.Join(i.DataDir, "uploads")
			if !c.folder {
				path = filepath.Join(path, f.ID)
			}
			injectFaults(i, path, c.inject)
			_, err := i.Patch(t.Context(), f, 0)
			stage.WantProblem(t, err, http.StatusServiceUnavailable, `"code":"unavailable"`)
			if offset, err := i.Offset(t.Context(), f); err != nil || offset != 0 {
				t.Errorf("offset %d, %v, want 0: the disk's content is unknown", offset, err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 2*stage.RecoveryTimeout)
			defer cancel()
			i.WantRelayed(i.SendAll(ctx, files))
		})
	}
}

// The database's disk fails at a commit. Nothing is acknowledged by it, and earlier
// commits remain.
func TestFailedCommitIsNotAcknowledged(t *testing.T) {
	t.Parallel()
	i := stage.NewProcess(t)
	i.Start() // creates the database and its log
	log := filepath.Join(i.DataDir, "mediarelay.db-wal")
	i.Signal(syscall.SIGKILL) // leaves the log in place
	traceWithFaults(i, "-P", log, "-e", "trace=fsync", "-e", "inject=fsync:error=EIO:when=2..4")
	i.Start()
	files := jpegFiles(t, 6, 100_000)
	i.WantDone(files)
	i.Signal(syscall.SIGTERM)
	if rows := i.Count("SELECT COUNT(*) FROM uploads WHERE state = 'done'"); rows != len(files) {
		t.Errorf("%d uploads are done, want %d", rows, len(files))
	}
}
