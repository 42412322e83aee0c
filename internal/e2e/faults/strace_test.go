package faults

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"mediarelay/internal/e2e/stage"
)

// Disks that fail or are slow, by faults of the system calls of the server.

// needStrace finds the program that makes system calls fail.
func needStrace(t testing.TB) string {
	t.Helper()
	strace := stage.NeedProgram(t, "strace", "strace")
	if err := exec.CommandContext(context.Background(), strace, "-f", "-qq", "-e", "trace=none", "true").Run(); err != nil {
		stage.SkipWithout(t, "strace", "strace may not trace here: "+err.Error())
	}
	return strace
}

// traceWithFaults runs the server under strace, which injects faults into its system
// calls. It returns the file with the trace.
func traceWithFaults(i *stage.Process, arguments ...string) (log string) {
	i.Helper()
	strace := needStrace(i)
	log = filepath.Join(i.TempDir(), "strace")
	i.Wrapper = append([]string{strace, "-f", "-qq", "-o", log}, arguments...)
	i.Cleanup(func() { wantInjected(i, log) })
	return log
}

func wantInjected(t testing.TB, log string) {
	t.Helper()
	if text, err := os.ReadFile(log); err != nil || !strings.Contains(string(text), "INJECTED") && !strings.Contains(string(text), "DELAYED") {
		t.Errorf("no fault was injected: %v, %.300s", err, text)
	}
}

// injectFaults makes system calls of the running process fail, on one path.
func injectFaults(i *stage.Process, path, inject string) {
	i.Helper()
	strace, log := needStrace(i), filepath.Join(i.TempDir(), "strace of the process")
	tracer := exec.CommandContext(context.Background(), strace, "-f", "-o", log, "-p", strconv.Itoa(i.Command.Process.Pid),
		"-P", path, "-e", "trace=fsync,pwrite64", "-e", "inject="+inject)
	said, err := tracer.StderrPipe()
	i.Must(err)
	i.Must(tracer.Start())
	i.Cleanup(func() {
		_ = tracer.Process.Signal(os.Interrupt) // detaches from the process
		_ = tracer.Wait()
		wantInjected(i, log)
	})
	lines := bufio.NewScanner(said)
	for lines.Scan() && !strings.Contains(lines.Text(), "attached") {
		continue
	}
	go stage.Drain(lines)
}
