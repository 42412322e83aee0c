package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"

	"mediarelay/internal/media"
)

// Sixty-four uploads of 100 MB at a time, and their relays behind them, in less
// than 150 MB of memory.
func TestMemoryDoesNotGrowWithTheFiles(t *testing.T) {
	long(t)
	const uploads, limit = 64, 150 << 20
	i := install(t)
	i.start()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
	defer cancel()
	var together, clients sync.WaitGroup
	together.Add(uploads)
	for n := range uploads {
		clients.Go(func() {
			g := &generated{name: fmt.Sprintf("notes %d.txt", n), size: media.MaxUploadBytes, half: func() { together.Done(); together.Wait() }}
			if err := i.carryGenerated(ctx, g); err != nil {
				t.Error(err)
			}
		})
	}
	clients.Wait()
	peak := i.peak()
	t.Logf("%d uploads of %d bytes at a time: at most %.1f MiB resident", uploads, media.MaxUploadBytes, float64(peak)/(1<<20))
	if peak > limit {
		t.Errorf("%d bytes were resident, want less than %d", peak, limit)
	}
}

// generated is a file that is nowhere: its name, and then one line again and again.
type generated struct {
	name string
	size int64
	// half is called when a part of it has been sent.
	half func()
}

const oneLine = "A line of notes that is like every other one.\n"

func (g *generated) reader() io.Reader {
	return io.LimitReader(io.MultiReader(bytes.NewReader([]byte(g.name+"\n")), new(lines)), g.size)
}

// lines is one line without an end.
type lines struct{ at int }

func (l *lines) Read(p []byte) (n int, err error) {
	for n < len(p) {
		copied := copy(p[n:], oneLine[l.at:])
		n, l.at = n+copied, (l.at+copied)%len(oneLine)
	}
	return n, nil
}

// meeting is a reader that meets the others before it goes on.
type meeting struct {
	meet func()
	once sync.Once
}

func (m *meeting) Read([]byte) (int, error) { m.once.Do(m.meet); return 0, io.EOF }

// carryGenerated sends the file in one body, and waits until it is relayed.
func (i *installation) carryGenerated(ctx context.Context, g *generated) error {
	f := &sent{name: g.name, purposes: "message"}
	if err := i.createSized(ctx, f, g.size, g.digest()); err != nil {
		return err
	}
	whole := g.reader()
	body := io.MultiReader(io.LimitReader(whole, 1<<20), &meeting{meet: g.half}, whole)
	answer, err := i.request(ctx, http.MethodPatch, i.url()+"/files/"+f.id, body,
		"Content-Type", "application/offset+octet-stream", "Upload-Offset", "0")
	if err != nil {
		return err
	}
	if err := status(answer, http.StatusNoContent); err != nil {
		return err
	}
	u, err := i.awaitUpload(ctx, f.id)
	if err == nil && u.State != "done" {
		err = fmt.Errorf("%s ended as %+v", g.name, u)
	}
	return err
}

func (g *generated) digest() string {
	hash := sha256.New()
	_, _ = io.Copy(hash, g.reader()) // neither fails
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
