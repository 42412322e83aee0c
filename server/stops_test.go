package main

import (
	"context"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"mediarelay/internal/sandbox"
)

// B2: asked to end while foreruns wait for the ends of their files, the server takes
// them with it at once, and nothing of them is complete. The next one sends the files.
func TestAStopTakesForerunsWithIt(t *testing.T) {
	t.Parallel()
	i := install(t)
	i.variables[early] = "all"
	i.start()
	files := arrivals(t, places/2)
	var held sync.WaitGroup
	held.Add(len(files))
	goOn := make(chan struct{})
	for _, f := range files {
		once := sync.OnceFunc(held.Done)
		i.waitsForItsForerun(f, func() { once(); <-goOn })
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*within)
	defer cancel()
	ends := make(chan map[*sent]upload)
	go func() { ends <- i.carry(ctx, files) }()
	held.Wait()
	i.until("all media objects are held too", i.ended, func() bool {
		return i.metric("mediarelay_provider_sent_bytes_total") == float64(2*bytesOf(files)-places*heldBack)
	})

	if state := i.wantStop(); state.ExitCode() != 0 {
		t.Errorf("it ended with %v: %s", state, i.log.tail())
	}
	if len(i.sandbox.Handles()) > 0 || len(i.sandbox.AllMedia()) > 0 {
		t.Errorf("the provider has %v and %v", i.sandbox.Handles(), i.sandbox.AllMedia())
	}
	i.start()
	close(goOn)
	if orphans := i.wantRelayed(<-ends); orphans > 0 {
		t.Errorf("%d objects without a use, though no forerun was complete", orphans)
	}
	i.signal(syscall.SIGTERM)
}

// B2, D3: asked to end while the database hangs, a chunk comes and a relay is on its
// way, the server is gone within the grace all the same. What it could not record,
// the next process takes up.
func TestAStopDoesNotWaitForADatabaseThatHangs(t *testing.T) {
	for name, fault := range map[string]sandbox.Fault{
		"a request without an answer":   sandbox.StallAfter(1000),
		"an answer that comes too late": sandbox.Slow(60_000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i, line := behindALine(t)
			i.start()
			files := pictures(t, 2, 300_000)
			sending, coming := files[0], files[1]
			fired := i.sandbox.Faults().Add(sandbox.OpUploadMedia, fault)
			i.must(i.send(t.Context(), sending))
			i.awaitFired(fired)
			const arrived = 100_000
			conn := i.beginChunk(coming, arrived)
			defer conn.Close()
			i.awaitStored(coming, arrived)

			line.hang()
			if status, text := i.admin("/readyz"); status != http.StatusServiceUnavailable {
				t.Errorf("the database hangs, and the server says %d %s", status, text)
			}
			i.wantStop()
			line.proxy.Toxics.ResetToxics(t.Context())
			i.start()
			i.wantEnd(files)
			if orphans := len(i.sandbox.AllMedia()) - len(files); orphans > i.told() {
				t.Errorf("the provider has %d objects without a use, and %d are told of", orphans, i.told())
			}
			i.signal(syscall.SIGTERM)
		})
	}
}

// wantStop asks the process to end, and wants it to end by itself within the grace.
func (i *installation) wantStop() *os.ProcessState {
	i.Helper()
	began := time.Now()
	i.must(i.server.Process.Signal(syscall.SIGTERM))
	state := i.awaitDeath()
	took := time.Since(began)
	i.Logf("%v after %v", state, took)
	if !state.Exited() || took > grace {
		i.Errorf("it ended with %v after %v: %s", state, took, i.log.tail())
	}
	return state
}

// told is of how many objects without a use the log tells: counters die with their process.
func (i *installation) told() int {
	return strings.Count(i.log.all(), "provider may hold a second copy of a file") +
		strings.Count(i.log.all(), "copy could not be recorded")
}

// hang lets nothing through any more, and closes nothing.
func (l *databaseLine) hang() {
	l.Helper()
	for _, stream := range []string{"upstream", "downstream"} {
		text := `{"name":"hang ` + stream + `","type":"timeout","stream":"` + stream + `","attributes":{"timeout":0}}`
		if _, err := l.proxy.Toxics.AddToxicJson(strings.NewReader(text)); err != nil {
			l.Fatal(err)
		}
	}
}
