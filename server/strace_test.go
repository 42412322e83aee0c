package main

import (
	"bufio"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Disks that fail or are slow, by faults of the system calls of the server.

// straced gives the program that makes system calls fail.
func straced(t testing.TB) string {
	t.Helper()
	strace := need(t, "strace", "strace")
	if err := exec.CommandContext(context.Background(), strace, "-f", "-qq", "-e", "trace=none", "true").Run(); err != nil {
		lack(t, "strace", "strace may not trace here: "+err.Error())
	}
	return strace
}

// traced runs the server under strace, with faults of its system calls.
func (i *installation) traced(arguments ...string) {
	i.Helper()
	strace, log := straced(i), filepath.Join(i.TempDir(), "strace")
	i.under = append([]string{strace, "-f", "-qq", "-o", log}, arguments...)
	i.Cleanup(func() { wantInjected(i, log) })
}

func wantInjected(t testing.TB, log string) {
	t.Helper()
	if text, err := os.ReadFile(log); err != nil || !strings.Contains(string(text), "INJECTED") && !strings.Contains(string(text), "DELAYED") {
		t.Errorf("no system call failed: %v, %.300s", err, text)
	}
}

// B5: the disk does not take what it is told to keep: a write, the bytes of the file,
// its name in the folder. The bytes are not acknowledged, and no later flush is
// believed about them: they are sent again.
func TestAFlushThatFailsIsNotBelievedLater(t *testing.T) {
	for name, c := range map[string]struct {
		inject string
		folder bool
	}{
		"a write of the file":     {"pwrite64:error=EIO:when=1", false},
		"the flush of the file":   {"fsync:error=EIO:when=1", false},
		"the flush of the folder": {"fsync:error=EIO:when=1", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := install(t)
			i.start()
			files := pictures(t, 3, 100_000)
			f := files[0]
			i.must(i.createUpload(t.Context(), f))
			path := filepath.Join(i.data, "uploads")
			if !c.folder {
				path = filepath.Join(path, f.id)
			}
			i.faulty(path, c.inject)
			_, err := i.patch(t.Context(), f, 0)
			wantRefusal(t, err, http.StatusServiceUnavailable, `"code":"unavailable"`)
			if offset, err := i.offset(t.Context(), f); err != nil || offset != 0 {
				t.Errorf("offset %d, %v, want 0: nobody knows what the disk has", offset, err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 2*within)
			defer cancel()
			i.wantRelayed(i.carry(ctx, files))
		})
	}
}

// faulty makes system calls of the process that runs fail, those on one path.
func (i *installation) faulty(path, inject string) {
	i.Helper()
	strace, log := straced(i), filepath.Join(i.TempDir(), "strace of the process")
	tracer := exec.CommandContext(context.Background(), strace, "-f", "-o", log, "-p", strconv.Itoa(i.server.Process.Pid),
		"-P", path, "-e", "trace=fsync,pwrite64", "-e", "inject="+inject)
	said, err := tracer.StderrPipe()
	i.must(err)
	i.must(tracer.Start())
	i.Cleanup(func() {
		_ = tracer.Process.Signal(os.Interrupt) // it lets go of the process
		_ = tracer.Wait()
		wantInjected(i, log)
	})
	lines := bufio.NewScanner(said)
	for lines.Scan() && !strings.Contains(lines.Text(), "attached") {
		continue
	}
	go drain(lines)
}

// D2: the database's disk fails at a commit. Nothing is acknowledged by it, and
// what was before goes on.
func TestACommitThatFailsIsNotAcknowledged(t *testing.T) {
	t.Parallel()
	i := install(t)
	i.start() // makes the file and its log
	log := filepath.Join(i.data, "mediarelay.db-wal")
	i.signal(syscall.SIGKILL) // which leaves the log there
	i.traced("-P", log, "-e", "trace=fsync", "-e", "inject=fsync:error=EIO:when=2..4")
	i.start()
	files := pictures(t, 6, 100_000)
	i.wantEnd(files)
	i.signal(syscall.SIGTERM)
	if rows := i.count("SELECT COUNT(*) FROM uploads WHERE state = 'done'"); rows != len(files) {
		t.Errorf("%d uploads are done, want %d", rows, len(files))
	}
}

// B13: each flush takes a quarter of a second, or two. Everybody waits, nothing piles up.
func TestASlowDiskOnlyTakesTime(t *testing.T) {
	for name, c := range map[string]struct {
		flush   time.Duration
		uploads int
	}{
		"a quarter of a second": {250 * time.Millisecond, 8},
		"two seconds":           {2 * time.Second, 4},
	} {
		t.Run(name, func(t *testing.T) {
			if c.flush > time.Second {
				long(t)
			}
			t.Parallel()
			i := install(t)
			i.traced("-e", "trace=fsync", "-e", "inject=fsync:delay_enter="+strconv.FormatInt(c.flush.Microseconds(), 10))
			i.start()
			ctx, cancel := context.WithTimeout(t.Context(), 5*within)
			defer cancel()
			most := make(chan float64, 1)
			watched, stop := context.WithCancel(t.Context())
			go func() { most <- i.mostGoroutines(watched) }()
			ends := i.carry(ctx, pictures(t, c.uploads, 200_000))
			stop()
			if most := <-most; most > float64(50+20*c.uploads) {
				t.Errorf("%v goroutines for %d uploads", most, c.uploads)
			}
			i.wantRelayed(ends)
		})
	}
}

func (i *installation) mostGoroutines(ctx context.Context) (most float64) {
	for {
		select {
		case <-ctx.Done():
			return most
		case <-time.After(500 * time.Millisecond):
			most = max(most, i.metric("go_goroutines"))
		}
	}
}
