package faults

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage"
)

// A crowd is clients that upload at the same time, each one file after the other. All send
// the same content, which is no file that WhatsApp takes, so that nothing is relayed.
type crowd struct {
	*stage.Process
	clients, uploads, size int
	content                []byte
	digest                 string
	next                   atomic.Int64
	mu                     sync.Mutex
	refused                []error
}

// 128 clients at a time on SQLite: no request is refused, and the server is ready
// throughout.
func TestManyClientsAreServed(t *testing.T) {
	(&crowd{Process: stage.NewProcess(t), clients: 128, uploads: 160, size: 1_000_000}).run()
}

// Small uploads that come at once share the flushes of their commits. The flush of an
// upload's file is its own, and that of the folder is shared too: see
// TestUploadsShareFlushesOfTheFolder.
func TestSmallUploadsShareCommits(t *testing.T) {
	c := &crowd{Process: stage.NewProcess(t), clients: 64, uploads: 640, size: 10_000}
	c.run()
	commits := c.Metric(`mediarelay_database_commit_seconds_count{strength="durable"}`)
	c.Logf("%.2f durable commits an upload", commits/float64(c.uploads))
	if commits > 0.4*float64(c.uploads) {
		c.Errorf("%.0f durable commits for %d uploads, want at most 0.4 for each", commits, c.uploads)
	}
}

// The same as the first with 512 clients, three times.
func TestFiveHundredClientsAreServed(t *testing.T) {
	stage.LongTest(t)
	for range 3 {
		t.Run("run", func(t *testing.T) {
			(&crowd{Process: stage.NewProcess(t), clients: 512, uploads: 600, size: 10_000_000}).run()
		})
	}
}

func (c *crowd) run() {
	c.Helper()
	c.content = bytes.Repeat([]byte("mediarelay "), c.size/11+1)[:c.size]
	c.digest = stage.Digest(c.content)
	c.WithoutQuotas()
	c.Start()
	ctx, cancel := context.WithTimeout(c.Context(), 10*time.Minute)
	defer cancel()
	watching, stop := context.WithCancel(ctx)
	unready := make(chan int, 1)
	go func() { unready <- c.watchReadiness(watching) }()
	began := time.Now()
	var clients sync.WaitGroup
	for range c.clients {
		clients.Go(func() { c.client(ctx) })
	}
	clients.Wait()
	took := time.Since(began)
	stop()
	c.Logf("%d uploads of %d bytes by %d clients took %v; %d were refused", c.uploads, c.size, c.clients, took, len(c.refused))
	for _, err := range c.refused[:min(5, len(c.refused))] {
		c.Errorf("refused: %v", err)
	}
	if count := <-unready; count > 0 {
		c.Errorf("/readyz said %d times that the server is not ready", count)
	}
	if finished := c.Count("SELECT COUNT(*) FROM uploads WHERE state <> 'uploading'"); finished != c.uploads {
		c.Errorf("%d uploads are finished, want %d", finished, c.uploads)
	}
}

// client sends uploads until all are taken.
func (c *crowd) client(ctx context.Context) {
	for n := c.next.Add(1); n <= int64(c.uploads); n = c.next.Add(1) {
		if err := c.upload(ctx, n); err != nil {
			c.mu.Lock()
			c.refused = append(c.refused, err)
			c.mu.Unlock()
		}
	}
}

// upload creates an upload and sends its content with one PATCH.
func (c *crowd) upload(ctx context.Context, n int64) error {
	f := &stage.File{Name: fmt.Sprintf("file %d.bin", n), Purposes: "message"}
	if err := c.CreateSized(ctx, f, int64(c.size), c.digest); err != nil {
		return fmt.Errorf("creation: %w", err)
	}
	return c.SendChunk(ctx, f, 0, bytes.NewReader(c.content))
}

// watchReadiness counts how often the server is not ready.
func (c *crowd) watchReadiness(ctx context.Context) (unready int) {
	for {
		select {
		case <-ctx.Done():
			return unready
		case <-time.After(100 * time.Millisecond): // as impatient load balancers do, and more
			if status, _ := c.Admin("/readyz"); status != http.StatusOK {
				unready++
			}
		}
	}
}
