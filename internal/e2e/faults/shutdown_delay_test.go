package faults

import (
	"net/http"
	"syscall"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage"
)

// After SIGTERM the server is not ready, and still serves new requests until the shutdown
// delay is over. Then it ends by itself.
func TestShutdownDelay(t *testing.T) {
	t.Parallel()
	const delay = 5 * time.Second // the default
	i := stage.NewProcess(t)
	delete(i.Env, "MEDIARELAY_SHUTDOWN_DELAY")
	i.Start()
	if status, text := i.Admin("/readyz"); status != http.StatusOK {
		t.Fatalf("before: %d %s", status, text)
	}
	began := time.Now()
	i.Must(i.Command.Process.Signal(syscall.SIGTERM))
	i.Await("the server is not ready", i.Ended, func() bool {
		status, _ := i.Admin("/readyz")
		return status == http.StatusServiceUnavailable
	})
	files := jpegFiles(t, 1, 300_000)
	i.Must(i.Send(t.Context(), files[0]))
	state := i.AwaitExit()
	if took := time.Since(began); state.ExitCode() != 0 || took < delay || took > gracePeriod {
		t.Errorf("it ended with %v after %v, want 0 after %v to %v: %s", state, took, delay, gracePeriod, i.ServerLog.Tail())
	}
	i.Start()
	i.WantDone(files)
}

// A second signal ends the process at once.
func TestSecondSignalEndsTheShutdownDelay(t *testing.T) {
	t.Parallel()
	i := stage.NewProcess(t)
	i.Env["MEDIARELAY_SHUTDOWN_DELAY"] = "1h"
	i.Start()
	i.Must(i.Command.Process.Signal(syscall.SIGTERM))
	i.AwaitLog("serving until the shutdown delay is over")
	i.Must(i.Command.Process.Signal(syscall.SIGTERM))
	if state := i.AwaitExit(); state.Exited() {
		t.Errorf("it ended by itself with %v, want by the signal", state)
	}
}
