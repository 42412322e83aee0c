package faults

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

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/media"
	"mediarelay/internal/preflight/preflighttest"
)

// 64 concurrent uploads of 100 MiB take less than 150 MiB of memory, with both copies
// of each. Early sends occupy all their slots once every upload has begun; most copies are
// sent after their upload, since there are few slots.
func TestMemoryDoesNotGrowWithFileSize(t *testing.T) {
	stage.LongTest(t)
	const uploads, limit = 64, 150 << 20
	i := stage.NewProcess(t)
	i.Env[earlyEnv] = "all"
	i.WithoutQuotas()
	i.Start()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
	defer cancel()
	var together, clients sync.WaitGroup
	together.Add(uploads)
	full := sync.OnceFunc(func() {
		i.Await("all slots for early sends are taken", i.Ended, func() bool { return earlySlotsTaken(i) })
	})
	for n := range uploads {
		clients.Go(func() {
			file, err := preflighttest.Make(fmt.Sprintf("pdf extra=\"/Offer %d\" bytes=%d", n, media.MaxUploadBytes))
			if err == nil {
				g := &generatedFile{name: fmt.Sprintf("offer %d.pdf", n), file: file, begun: func() { together.Done(); together.Wait(); full() }}
				err = sendGenerated(ctx, i, g)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	clients.Wait()
	peak := peakMemory(i)
	_, metrics := i.Admin("/metrics")
	won := regexp.MustCompile(`mediarelay_early_sends_total\{.*outcome="won"\} .*`).FindAllString(metrics, -1)
	t.Logf("%d uploads of %d bytes at a time: at most %.1f MiB resident; %q", uploads, media.MaxUploadBytes, float64(peak)/(1<<20), won)
	if len(won) != 2 { // one line for each kind of copy that was sent early at least once
		t.Errorf("no media ID or no handle was sent early: %q", won)
	}
	if peak > limit {
		t.Errorf("%d bytes were resident, want less than %d", peak, limit)
	}
}

// generatedFile is a file that is not in memory: its middle is a hole.
type generatedFile struct {
	name string
	file preflighttest.File
	// begun is called when part of it has been sent.
	begun func()
}

// rendezvous is an empty reader that meets others before it returns.
type rendezvous struct {
	meet func()
	once sync.Once
}

func (m *rendezvous) Read([]byte) (int, error) { m.once.Do(m.meet); return 0, io.EOF }

// sendGenerated sends the file in chunks, the first of 1 MiB as our client does, meets the
// other clients in the middle of the second, and waits until it is relayed.
func sendGenerated(ctx context.Context, i *stage.Process, g *generatedFile) error {
	f := &stage.File{Name: g.name, Purposes: "message,template"}
	if err := i.CreateSized(ctx, f, g.file.Size(), g.digest()); err != nil {
		return err
	}
	chunk := int64(1 << 20)
	for at := int64(0); at < g.file.Size(); at += chunk {
		if at > 0 {
			chunk = min(16<<20, g.file.Size()-at)
		}
		if err := i.SendChunk(ctx, f, at, g.chunk(at, chunk)); err != nil {
			return err
		}
	}
	u, err := i.AwaitUpload(ctx, f.ID)
	if err == nil && u.State != "done" {
		err = fmt.Errorf("%s ended as %+v", g.name, u)
	}
	return err
}

func (g *generatedFile) chunk(at, size int64) io.Reader {
	part := io.NewSectionReader(g.file, at, size)
	if at != 1<<20 {
		return part
	}
	return io.MultiReader(io.LimitReader(part, size/2), &rendezvous{meet: g.begun}, part)
}

func (g *generatedFile) digest() string {
	hash := sha256.New()
	_, _ = io.Copy(hash, io.NewSectionReader(g.file, 0, g.file.Size())) // neither can fail
	return hex.EncodeToString(hash.Sum(nil))
}

// peakMemory is the most memory that the server's process has held, in bytes.
//
// Source: proc(5), VmHWM in /proc/PID/status: peak resident set size, in kB.
func peakMemory(i *stage.Process) int64 {
	i.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", i.Command.Process.Pid))
	i.Must(err)
	found := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(text)
	if found == nil {
		i.Fatalf("no VmHWM in %s", text)
	}
	kilobytes, err := strconv.ParseInt(string(found[1]), 10, 64)
	i.Must(err)
	return kilobytes << 10
}
