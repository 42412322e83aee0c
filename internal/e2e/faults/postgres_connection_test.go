package faults

import (
	"context"
	"syscall"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage"
)

// The connection to Postgres breaks repeatedly, in transactions and between a commit
// and its answer. Each file is relayed once.
func TestBrokenPostgresConnection(t *testing.T) {
	t.Parallel()
	i, line := newProcessBehindProxy(t)
	i.Start()
	files := jpegFiles(t, 8, 300_000)
	ctx, cancel := context.WithTimeout(t.Context(), 4*stage.RecoveryTimeout)
	defer cancel()
	ends := make(chan map[*stage.File]stage.Upload)
	go func() { ends <- i.SendAll(ctx, files) }()

	line.dropEvery.Store(5)
	for line.dropped.Load() < 10 && ctx.Err() == nil {
		line.reset()
		<-time.After(300 * time.Millisecond)
	}
	line.dropEvery.Store(0)
	carried := <-ends
	if cuts := line.dropped.Load(); cuts < 10 {
		t.Errorf("%d commits lost their answer, want 10", cuts)
	}
	media := map[string]int{}
	for _, object := range i.Sandbox.AllMedia() {
		media[object.SHA256]++
	}
	orphans := 0
	for f, u := range carried {
		digest := stage.Digest(f.Content)
		if u.State != "done" || u.Asset == nil || u.Asset.SHA256 != digest {
			t.Errorf("%s ended as %+v", f.Name, u)
		}
		orphans += media[digest] - 1
	}
	told := i.LoggedOrphans()
	t.Logf("%d commits lost their answer; %d unused objects, %d logged", line.dropped.Load(), orphans, told)
	if orphans > told {
		t.Errorf("%d unused objects, %d logged", orphans, told)
	}
	i.Signal(syscall.SIGTERM)
}
