package faults

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mediarelay/internal/e2e/stage"
)

// Uploads that end together share the flushes of their folder. Each flush takes 5 ms
// longer than the disk needs, so they do end together.
func TestUploadsShareFlushesOfTheFolder(t *testing.T) {
	t.Parallel()
	i := stage.NewProcess(t)
	log := traceWithFaults(i, "-y", "-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:delay_exit=5000")
	i.Start()
	ctx, cancel := context.WithTimeout(t.Context(), 5*stage.RecoveryTimeout)
	defer cancel()
	files := jpegFiles(t, 32, 10_000)
	i.WantRelayed(i.SendAll(ctx, files))

	uploads := filepath.Join(i.DataDir, "uploads")
	text, err := os.ReadFile(log)
	i.Must(err)
	all, ofFolder, ofFiles := string(text), 0, 0
	for line := range strings.Lines(all) {
		switch {
		case strings.Contains(line, "<"+uploads+">"):
			ofFolder++
		case strings.Contains(line, "<"+uploads+"/"):
			ofFiles++
		}
	}
	t.Logf("%d uploads: %d flushes of files, %d of their folder, %d of everything", len(files), ofFiles, ofFolder, strings.Count(all, "sync("))
	if ofFiles < len(files) {
		t.Errorf("%d flushes of files, want at least one for each of %d uploads", ofFiles, len(files))
	}
	if ofFolder == 0 || ofFolder > len(files)/2 {
		t.Errorf("%d flushes of the folder for %d uploads, want at least 1 and at most half as many", ofFolder, len(files))
	}
}
