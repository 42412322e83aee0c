package faults

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"mediarelay/internal/e2e/stage"
)

// Disks that lose their power or are full.

// mount mounts a file system for the test, or skips the test if that is not allowed.
func mount(t *testing.T, arguments ...string) (dir string) {
	t.Helper()
	if os.Getuid() != 0 {
		stage.SkipWithout(t, "root", "mounting needs root")
	}
	dir = t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "mount", append(arguments, dir)...).CombinedOutput(); err != nil {
		stage.SkipWithout(t, "root", fmt.Sprintf("mount: %v: %s", err, out))
	}
	t.Cleanup(func() {
		if out, err := exec.CommandContext(context.Background(), "umount", "--lazy", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %v: %s", err, out)
		}
	})
	return dir
}

// fillDisk fills a file system except for some bytes, until the returned function is
// called.
func fillDisk(t *testing.T, dir string, but uint64) (free func()) {
	t.Helper()
	var space syscall.Statfs_t
	if err := syscall.Statfs(dir, &space); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "ballast")
	if err := os.WriteFile(path, make([]byte, space.Bavail*uint64(space.Bsize)-but), 0o600); err != nil {
		t.Fatal(err)
	}
	return func() { _ = os.Remove(path) }
}
