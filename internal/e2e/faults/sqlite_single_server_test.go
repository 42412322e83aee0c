package faults

import (
	"strings"
	"syscall"
	"testing"

	"mediarelay/internal/e2e/stage"
)

// A second server on the SQLite file of another reports that and exits, after the time
// that a server may take to stop. The running one is not disturbed.
func TestSecondServerOnASQLiteFileExits(t *testing.T) {
	t.Parallel()
	first := stage.NewProcess(t)
	first.Start()
	second := first.Replica()
	if said := second.Spawn(); said.Scan() {
		t.Fatalf("the second server says %q, want it to end", said.Text())
	}
	if state := second.AwaitExit(); state.ExitCode() != 1 {
		t.Errorf("it ended with %v, want 1", state)
	}
	end := second.ServerLog.LineWith("mediarelay: MEDIARELAY_DATABASE_URL")
	for _, part := range []string{"another mediarelay", first.DataDir, "Stop the other server", "Postgres"} {
		if !strings.Contains(end, part) {
			t.Errorf("it says %q, without %q", end, part)
		}
	}
	first.WantDone(jpegFiles(t, 1, 100_000))
}

// A rolling restart: the next server waits until the previous one has ended, in whatever
// way, and serves.
func TestNextServerWaitsForASQLiteFile(t *testing.T) {
	for name, end := range map[string]syscall.Signal{"terminated": syscall.SIGTERM, "killed": syscall.SIGKILL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first := stage.NewProcess(t)
			first.Start()
			next := first.Replica()
			said := next.Spawn()
			next.AwaitLog("waiting for another mediarelay")
			first.Signal(end)
			if !said.Scan() {
				t.Fatalf("the next server ended without output: %s", next.ServerLog.Tail())
			}
			next.Address = strings.TrimPrefix(said.Text(), "Mediarelay listens on http://")
			next.WantDone(jpegFiles(t, 1, 100_000))
		})
	}
}

// The previous server may serve for its shutdown delay before it stops.
func TestNextServerWaitsForTheShutdownDelay(t *testing.T) {
	t.Parallel()
	first := stage.NewProcess(t)
	first.Env["MEDIARELAY_SHUTDOWN_DELAY"] = "40s"
	first.Start()
	next := first.Replica()
	next.Spawn()
	next.AwaitLog(`"at_most":"1m7s"`)
	first.Signal(syscall.SIGKILL)
	next.Signal(syscall.SIGKILL)
}

// A file system without locks prevents no server from serving, and causes a warning.
func TestFileSystemWithoutLocks(t *testing.T) {
	t.Parallel()
	i := stage.NewProcess(t)
	traceWithFaults(i, "-e", "trace=flock", "-e", "inject=flock:error=ENOLCK")
	i.Start()
	i.AwaitLog("the file system of the SQLite file has no locks")
	i.WantDone(jpegFiles(t, 1, 100_000))
}
