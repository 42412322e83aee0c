package faults

import (
	"context"
	"os"
	"syscall"
	"testing"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/lease"
)

// The server is killed in the middle of a chunk as process 1 of a container, and
// started again as process 1. No lock of its own blocks it.
func TestContainerRestartFindsNoStaleLock(t *testing.T) {
	t.Parallel()
	unshare := stage.NeedProgram(t, "unshare", "unshare")
	if os.Getuid() != 0 {
		stage.SkipWithout(t, "root", "a PID namespace needs root")
	}
	i := stage.NewProcess(t)
	i.Wrapper = []string{unshare, "--pid", "--fork", "--kill-child"}
	i.Start()
	f := jpegFiles(t, 1, 300_000)[0]
	const arrived = 100_000
	conn := i.BeginChunk(f, arrived)
	defer conn.Close()
	i.AwaitStored(f, arrived)
	i.Signal(syscall.SIGKILL)
	i.Start()
	ctx, cancel := context.WithTimeout(t.Context(), lease.TimeToLive/2) // long before a lease of the killed process would expire
	defer cancel()
	if offset, err := i.Offset(ctx, f); err != nil || offset != arrived {
		t.Errorf("offset %d, %v, want %d", offset, err, arrived)
	}
	i.WantDone([]*stage.File{f})
}
