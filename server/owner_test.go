package main

import (
	"strings"
	"syscall"
	"testing"
)

// A second server on the SQLite file of another says so and ends, and what runs is
// left alone. That takes as long as a server may take to end.
func TestASecondServerLeavesASQLiteFileAlone(t *testing.T) {
	t.Parallel()
	first := install(t)
	first.start()
	second := first.beside()
	if said := second.spawn(); said.Scan() {
		t.Fatalf("the second server says %q, want it to end", said.Text())
	}
	if state := second.awaitDeath(); state.ExitCode() != 1 {
		t.Errorf("it ended with %v, want 1", state)
	}
	end := second.log.lineWith("mediarelay: MEDIARELAY_DATABASE_URL")
	for _, part := range []string{"another mediarelay", first.data, "Stop the other server", "Postgres"} {
		if !strings.Contains(end, part) {
			t.Errorf("it says %q, without %q", end, part)
		}
	}
	first.wantEnd(pictures(t, 1, 100_000))
}

// A rolling restart: the next server waits until the one before has ended, in
// whatever way, and serves.
func TestTheNextServerWaitsForASQLiteFile(t *testing.T) {
	for name, end := range map[string]syscall.Signal{"terminated": syscall.SIGTERM, "killed": syscall.SIGKILL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first := install(t)
			first.start()
			next := first.beside()
			said := next.spawn()
			next.awaitLine("waiting for another mediarelay")
			first.signal(end)
			if !said.Scan() {
				t.Fatalf("the next server ended without a word: %s", next.log.tail())
			}
			next.address = strings.TrimPrefix(said.Text(), "Mediarelay listens on http://")
			next.wantEnd(pictures(t, 1, 100_000))
		})
	}
}

// A file system without locks keeps nobody from serving, and is told of.
func TestAFileSystemWithoutLocksIsServedWithAWarning(t *testing.T) {
	t.Parallel()
	i := install(t)
	i.traced("-e", "trace=flock", "-e", "inject=flock:error=ENOLCK")
	i.start()
	i.awaitLine("its file system has no locks")
	i.wantEnd(pictures(t, 1, 100_000))
}
