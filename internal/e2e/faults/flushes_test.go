package faults

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mediarelay/internal/e2e/stage"
)

// Uploads that end together share the flushes of their folder. Each flush takes 50 ms
// longer than the disk needs, so they do end together.
func TestUploadsShareFlushesOfTheFolder(t *testing.T) {
	t.Parallel()
	i := stage.NewProcess(t)
	log := traceWithFaults(i, "-y", "-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:delay_exit=50000")
	i.Start()
	ctx, cancel := context.WithTimeout(t.Context(), 5*stage.RecoveryTimeout)
	defer cancel()
	files := jpegFiles(t, 32, 10_000)
	i.WantRelayed(i.SendAll(ctx, files))

	n := countFlushes(i, log)
	t.Logf("%d uploads: %+v", len(files), n)
	if n.files < len(files) {
		t.Errorf("%d flushes of files, want at least one for each of %d uploads", n.files, len(files))
	}
	if n.folder == 0 || n.folder > len(files)/2 {
		t.Errorf("%d flushes of the folder for %d uploads, want at least 1 and at most half as many", n.folder, len(files))
	}
}

// flushes are the flushes of a process: of the files of uploads, of their folder, and of
// everything, the database included.
type flushes struct{ files, folder, all int }

// countFlushes counts the flushes in a trace of system calls.
func countFlushes(i *stage.Process, log string) (n flushes) {
	uploads := filepath.Join(i.DataDir, "uploads")
	text, err := os.ReadFile(log)
	i.Must(err)
	all := string(text)
	for line := range strings.Lines(all) {
		switch {
		case strings.Contains(line, "<"+uploads+">"):
			n.folder++
		case strings.Contains(line, "<"+uploads+"/"):
			n.files++
		}
	}
	n.all = strings.Count(all, "sync(")
	return n
}
