package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"

	"mediarelay/internal/media"
	"mediarelay/internal/preflight/preflighttest"
)

// Sixty-four uploads of 100 MB at a time in less than 150 MB of memory, and both copies
// of each. Foreruns have all their places when every one of the uploads has begun; most
// copies are sent behind the end of their upload all the same, there being few places.
func TestMemoryDoesNotGrowWithTheFiles(t *testing.T) {
	long(t)
	const uploads, limit = 64, 150 << 20
	i := install(t)
	i.variables[early] = "all"
	i.start()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
	defer cancel()
	var together, clients sync.WaitGroup
	together.Add(uploads)
	full := sync.OnceFunc(func() { i.until("foreruns have all their places", i.ended, i.placesTaken) })
	for n := range uploads {
		clients.Go(func() {
			file, err := preflighttest.Make(fmt.Sprintf("pdf extra=\"/Offer %d\" bytes=%d", n, media.MaxUploadBytes))
			if err == nil {
				g := &generated{name: fmt.Sprintf("offer %d.pdf", n), file: file, begun: func() { together.Done(); together.Wait(); full() }}
				err = i.carryGenerated(ctx, g)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	clients.Wait()
	peak := i.peak()
	_, metrics := i.admin("/metrics")
	won := regexp.MustCompile(`mediarelay_early_sends_total\{.*outcome="won"\} .*`).FindAllString(metrics, -1)
	t.Logf("%d uploads of %d bytes at a time: at most %.1f MiB resident; %q", uploads, media.MaxUploadBytes, float64(peak)/(1<<20), won)
	if len(won) != 2 { // a line for each of the two copies that a forerun has given at least once
		t.Errorf("no media ID or no handle came from a forerun: %q", won)
	}
	if peak > limit {
		t.Errorf("%d bytes were resident, want less than %d", peak, limit)
	}
}

// generated is a file that is nowhere: its middle is a hole.
type generated struct {
	name string
	file preflighttest.File
	// begun is called when a part of it has been sent.
	begun func()
}

// meeting is a reader that meets the others before it goes on.
type meeting struct {
	meet func()
	once sync.Once
}

func (m *meeting) Read([]byte) (int, error) { m.once.Do(m.meet); return 0, io.EOF }

// carryGenerated sends the file in chunks, the first one of 1 MiB as our client does,
// meets the others in the middle of the second, and waits until it is relayed.
func (i *installation) carryGenerated(ctx context.Context, g *generated) error {
	f := &sent{name: g.name, purposes: "message,template"}
	if err := i.createSized(ctx, f, g.file.Size(), g.digest()); err != nil {
		return err
	}
	chunk := int64(1 << 20)
	for at := int64(0); at < g.file.Size(); at += chunk {
		if at > 0 {
			chunk = min(16<<20, g.file.Size()-at)
		}
		if err := i.sendChunk(ctx, f, at, g.chunk(at, chunk)); err != nil {
			return err
		}
	}
	u, err := i.awaitUpload(ctx, f.id)
	if err == nil && u.State != "done" {
		err = fmt.Errorf("%s ended as %+v", g.name, u)
	}
	return err
}

func (g *generated) chunk(at, size int64) io.Reader {
	part := io.NewSectionReader(g.file, at, size)
	if at != 1<<20 {
		return part
	}
	return io.MultiReader(io.LimitReader(part, size/2), &meeting{meet: g.begun}, part)
}

func (g *generated) digest() string {
	hash := sha256.New()
	_, _ = io.Copy(hash, io.NewSectionReader(g.file, 0, g.file.Size())) // neither fails
	return hex.EncodeToString(hash.Sum(nil))
}

// peak is the most memory that the server's process has held, in bytes.
//
// Source: proc(5), VmHWM in /proc/PID/status: peak resident set size, in kB.
func (i *installation) peak() int64 {
	i.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", i.server.Process.Pid))
	i.must(err)
	found := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(text)
	if found == nil {
		i.Fatalf("no VmHWM in %s", text)
	}
	kilobytes, err := strconv.ParseInt(string(found[1]), 10, 64)
	i.must(err)
	return kilobytes << 10
}
