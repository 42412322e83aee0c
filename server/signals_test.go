package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"mediarelay/internal/database/databasetest"
	"mediarelay/internal/lease"
	"mediarelay/internal/sandbox"
)

// Signals: asked to end, put to sleep, killed, started twice.

// grace is what Kubernetes gives a process to end in.
const grace = 30 * time.Second

// B2: asked to end while a chunk comes and a file is sent, the server saves what
// has come, hands the relay on, and is gone within the grace.
func TestATerminationSavesAndHandsOn(t *testing.T) {
	t.Parallel()
	i := install(t)
	i.start()
	stall := i.sandbox.Faults().Add(sandbox.OpUploadMedia, sandbox.StallAfter(1000))
	files := pictures(t, 2, 300_000)
	sending, coming := files[0], files[1]
	i.must(i.send(t.Context(), sending))
	i.awaitFired(stall)
	const arrived = 100_000
	conn := i.beginChunk(coming, arrived)
	defer conn.Close()
	i.awaitStored(coming, arrived)

	if state := i.wantStop(); state.ExitCode() != 0 {
		t.Errorf("it ended with %v: %s", state, i.log.tail())
	}
	if i.log.lineWith("relay handed over") == "" {
		t.Errorf("no relay was handed on: %s", i.log.tail())
	}
	i.start()
	if offset, err := i.offset(t.Context(), coming); err != nil || offset != arrived {
		t.Errorf("offset %d, %v, want %d", offset, err, arrived)
	}
	began := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	orphans := i.wantRelayed(i.carry(ctx, files))
	if orphans > 0 {
		t.Errorf("%d objects without a use, though the provider never had the whole file", orphans)
	}
	if took := time.Since(began); took > lease.TimeToLive {
		t.Errorf("a relay that was handed on is done after %v, as if its worker had died", took)
	}
}

func (i *installation) awaitFired(fault *sandbox.Scripted) {
	i.Helper()
	select {
	case <-fault.Fired():
	case <-time.After(within):
		i.Fatal("the provider was never asked")
	}
}

// beginChunk sends the beginning of a chunk of the whole file.
func (i *installation) beginChunk(f *sent, bytes int) net.Conn {
	i.Helper()
	i.must(i.createUpload(i.Context(), f))
	conn, err := net.Dial("tcp", i.address)
	i.must(err)
	_, err = fmt.Fprintf(conn, "PATCH /files/%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nTus-Resumable: 1.0.0\r\n"+
		"Upload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: %d\r\n\r\n%s",
		f.id, i.token, len(f.content), f.content[:bytes])
	i.must(err)
	return conn
}

// awaitStored waits until so many bytes are in the file: a HEAD would end the chunk.
func (i *installation) awaitStored(f *sent, bytes int64) {
	i.Helper()
	for deadline := time.Now().Add(within); ; {
		info, err := os.Stat(filepath.Join(i.data, "uploads", f.id))
		if err == nil && info.Size() >= bytes {
			return
		}
		if time.Now().After(deadline) {
			i.Fatalf("%v, %v, want %d bytes", info, err, bytes)
		}
		<-time.After(5 * time.Millisecond) // a growing file sends no event
	}
}

// D7, F3: a process sleeps with the provider's answer in its hand for longer than
// its lease. Another one relays the file; the sleeper's commit comes too late, and
// is rejected and counted.
func TestASleeperMayNotRecordWhatItGot(t *testing.T) {
	t.Parallel()
	sleeper := install(t)
	sleeper.variables["MEDIARELAY_DATABASE_URL"] = databasetest.PostgresURL(t)
	sleeper.dieAt(afterMediaID, 1)
	sleeper.variables[dieBy] = "sleep"
	sleeper.start()
	f := pictures(t, 1, 100_000)[0]
	sleeper.must(sleeper.send(t.Context(), f))
	sleeper.awaitLine("died " + afterMediaID)

	other := sleeper.beside()
	other.start()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	u, err := other.awaitUpload(ctx, f.id)
	other.must(err)
	if counted := other.metric("mediarelay_relay_ambiguous_total"); counted != 1 {
		t.Errorf("%v attempts of unknown outcome are counted, want the sleeper's", counted)
	}
	sleeper.signal(syscall.SIGCONT)
	sleeper.awaitLine("copy could not be recorded")
	if orphans := sleeper.metric("mediarelay_relay_orphans_total"); orphans != 1 {
		t.Errorf("%v orphans are counted, want 1", orphans)
	}
	now, err := other.awaitUpload(ctx, f.id)
	if err != nil || now.Asset.MediaID != u.Asset.MediaID || sleeper.sandbox.Calls(sandbox.OpUploadMedia) != 2 {
		t.Errorf("the media ID was %s and is %s, %v", u.Asset.MediaID, now.Asset.MediaID, err)
	}
}

// beside is another replica: the same data, database and provider.
func (i *installation) beside() *installation {
	other := *i
	other.variables = map[string]string{}
	for name, value := range i.variables {
		other.variables[name] = value
	}
	other.program, other.address, other.log, other.server = "mediarelay", "127.0.0.1:0", new(logBook), nil
	i.Cleanup(func() { other.signal(syscall.SIGKILL) })
	return &other
}

func (i *installation) awaitLine(part string) {
	i.Helper()
	for deadline := time.Now().Add(within); i.log.lineWith(part) == ""; {
		if time.Now().After(deadline) {
			i.Fatalf("the log never said %q: %s", part, i.log.tail())
		}
		<-time.After(10 * time.Millisecond) // a log sends no event
	}
}

// B10: killed in the middle of a chunk as process 1 of a container, and started
// again as process 1, the server finds no lock of its own that is in its way.
func TestNoLockOutlivesAContainer(t *testing.T) {
	t.Parallel()
	unshare := need(t, "unshare", "unshare")
	if os.Getuid() != 0 {
		lack(t, "root", "a PID namespace needs root")
	}
	i := install(t)
	i.under = []string{unshare, "--pid", "--fork", "--kill-child"}
	i.start()
	f := pictures(t, 1, 300_000)[0]
	const arrived = 100_000
	conn := i.beginChunk(f, arrived)
	defer conn.Close()
	i.awaitStored(f, arrived)
	i.signal(syscall.SIGKILL)
	i.start()
	ctx, cancel := context.WithTimeout(t.Context(), lease.TimeToLive/2) // long before a lease of the dead would end
	defer cancel()
	if offset, err := i.offset(ctx, f); err != nil || offset != arrived {
		t.Errorf("offset %d, %v, want %d", offset, err, arrived)
	}
	i.wantEnd([]*sent{f})
}

// Two processes that start at once, on nothing, bring the tables up to date once.
func TestTwoProcessesStartAtOnce(t *testing.T) {
	t.Parallel()
	one := install(t)
	one.variables["MEDIARELAY_DATABASE_URL"] = databasetest.PostgresURL(t)
	two := one.beside()
	said := []string{}
	lines := []interface {
		Scan() bool
		Text() string
	}{one.spawn(), two.spawn()}
	for _, line := range lines {
		line.Scan()
		said = append(said, line.Text())
	}
	for n, i := range []*installation{one, two} {
		address, ok := strings.CutPrefix(said[n], "Mediarelay listens on http://")
		if !ok {
			t.Fatalf("process %d said %q: %s", n, said[n], i.log.tail())
		}
		i.address = address
		i.wantEnd(pictures(t, 1, 100_000)) // the second finds the first one's
	}
}
