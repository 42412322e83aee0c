package faults

import (
	"context"
	"net/http"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/lease"
	"mediarelay/internal/sandbox"
)

// gracePeriod is how long Kubernetes waits between SIGTERM and SIGKILL (default of
// terminationGracePeriodSeconds).
const gracePeriod = 30 * time.Second

// On SIGTERM, while a chunk arrives and a file is relayed, the server saves the
// received bytes, releases the relay, and ends within the grace period.
func TestTerminationSavesBytesAndReleasesRelays(t *testing.T) {
	t.Parallel()
	i := stage.NewProcess(t)
	i.Start()
	stall := i.Sandbox.Faults().Add(sandbox.OpUploadMedia, sandbox.StallAfter(1000))
	files := jpegFiles(t, 2, 300_000)
	sending, coming := files[0], files[1]
	i.Must(i.Send(t.Context(), sending))
	i.AwaitFault(stall)
	const arrived = 100_000
	conn := i.BeginChunk(coming, arrived)
	defer conn.Close()
	i.AwaitStored(coming, arrived)

	if state := wantGracefulStop(i); state.ExitCode() != 0 {
		t.Errorf("it ended with %v: %s", state, i.ServerLog.Tail())
	}
	if i.ServerLog.LineWith("relay handed over") == "" {
		t.Errorf("no relay was released: %s", i.ServerLog.Tail())
	}
	i.Start()
	if offset, err := i.Offset(t.Context(), coming); err != nil || offset != arrived {
		t.Errorf("offset %d, %v, want %d", offset, err, arrived)
	}
	began := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), stage.RecoveryTimeout)
	defer cancel()
	orphans := i.WantRelayed(i.SendAll(ctx, files))
	if orphans > 0 {
		t.Errorf("%d unused objects, though the provider never had the complete file", orphans)
	}
	if took := time.Since(began); took > lease.TimeToLive {
		t.Errorf("a released relay is done after %v, as if its worker had died", took)
	}
}

// On SIGTERM, while early sends wait for the ends of their files, the server aborts
// them at once, and none of them is complete at the provider. The next process sends the
// files.
func TestTerminationAbortsEarlySends(t *testing.T) {
	t.Parallel()
	i := stage.NewProcess(t)
	i.Env[earlyEnv] = "all"
	i.Start()
	files := earlyFiles(t, earlySlots/2)
	var held sync.WaitGroup
	held.Add(len(files))
	goOn := make(chan struct{})
	for _, f := range files {
		once := sync.OnceFunc(held.Done)
		waitForSession(i, f, func() { once(); <-goOn })
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*stage.RecoveryTimeout)
	defer cancel()
	ends := make(chan map[*stage.File]stage.Upload)
	go func() { ends <- i.SendAll(ctx, files) }()
	held.Wait()
	i.Await("all media objects are withheld too", i.Ended, func() bool {
		return i.Metric("mediarelay_provider_sent_bytes_total") == float64(2*totalBytes(files)-earlySlots*withheldBytes)
	})

	if state := wantGracefulStop(i); state.ExitCode() != 0 {
		t.Errorf("it ended with %v: %s", state, i.ServerLog.Tail())
	}
	if len(i.Sandbox.Handles()) > 0 || len(i.Sandbox.AllMedia()) > 0 {
		t.Errorf("the provider has %v and %v", i.Sandbox.Handles(), i.Sandbox.AllMedia())
	}
	i.Start()
	close(goOn)
	if orphans := i.WantRelayed(<-ends); orphans > 0 {
		t.Errorf("%d unused objects, though no early send was complete", orphans)
	}
	i.Signal(syscall.SIGTERM)
}

// On SIGTERM, while the database hangs, a chunk arrives and a relay is running,
// the server ends within the grace period all the same. The next process resumes what
// could not be recorded.
func TestTerminationWhileTheDatabaseHangs(t *testing.T) {
	for name, fault := range map[string]sandbox.Fault{
		"a request without an answer":   sandbox.StallAfter(1000),
		"an answer that comes too late": sandbox.Slow(60_000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i, line := newProcessBehindProxy(t)
			i.Start()
			files := jpegFiles(t, 2, 300_000)
			sending, coming := files[0], files[1]
			fired := i.Sandbox.Faults().Add(sandbox.OpUploadMedia, fault)
			i.Must(i.Send(t.Context(), sending))
			i.AwaitFault(fired)
			const arrived = 100_000
			conn := i.BeginChunk(coming, arrived)
			defer conn.Close()
			i.AwaitStored(coming, arrived)

			line.stall()
			if status, text := i.Admin("/readyz"); status != http.StatusServiceUnavailable {
				t.Errorf("the database hangs, and /readyz answers %d %s", status, text)
			}
			wantGracefulStop(i)
			line.proxy.Toxics.ResetToxics(t.Context())
			i.Start()
			i.WantDone(files)
			if orphans := len(i.Sandbox.AllMedia()) - len(files); orphans > i.LoggedOrphans() {
				t.Errorf("the provider has %d unused objects, and %d are logged", orphans, i.LoggedOrphans())
			}
			i.Signal(syscall.SIGTERM)
		})
	}
}

// wantGracefulStop sends SIGTERM and wants the process to end by itself within the grace
// period.
func wantGracefulStop(i *stage.Process) *os.ProcessState {
	i.Helper()
	began := time.Now()
	i.Must(i.Command.Process.Signal(syscall.SIGTERM))
	state := i.AwaitExit()
	took := time.Since(began)
	i.Logf("%v after %v", state, took)
	if !state.Exited() || took > gracePeriod {
		i.Errorf("it ended with %v after %v: %s", state, took, i.ServerLog.Tail())
	}
	return state
}
