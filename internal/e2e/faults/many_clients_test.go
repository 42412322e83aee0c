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
// the same content: a text, which is relayed once, or zeros, which are refused.
type crowd struct {
	*stage.Process
	load
	content []byte
	digest  string
	next    atomic.Int64
	mu      sync.Mutex
	refused []error
}

// load is how many clients send how many uploads of a size in bytes.
type load struct{ clients, uploads, size int }

// What a content repeats.
const (
	text  = "mediarelay "
	zeros = "\x00"
)

// 128 clients at a time on SQLite: no request is refused, and the server is ready
// throughout.
func TestManyClientsAreServed(t *testing.T) {
	newCrowd(t, load{clients: 128, uploads: 160, size: 1_000_000}, text).run()
}

// Uploads that end while the database is busy share one commit: another process holds its
// lock until all of them wait. The flush of an upload's file is its own, and that of the
// folder is shared too: see TestUploadsShareFlushesOfTheFolder.
func TestSmallUploadsShareCommits(t *testing.T) {
	t.Parallel()
	const uploads = 32
	c := newCrowd(t, load{clients: uploads, uploads: uploads, size: 10_000}, zeros)
	c.Start()
	files := make([]*stage.File, uploads)
	for n := range files {
		files[n] = c.file(int64(n))
		c.Must(c.create(t.Context(), files[n]))
	}

	before := c.durableCommits()
	db := c.SQLite("_txlock=immediate")
	defer db.Close()
	lock, err := db.BeginTx(t.Context(), nil)
	c.Must(err)
	var clients sync.WaitGroup
	for _, f := range files {
		clients.Go(func() {
			if err := c.send(t.Context(), f); err != nil {
				t.Errorf("%s: %v", f.Name, err)
			}
		})
	}
	c.Await("all uploads wait for the database", c.Ended, func() bool { return c.Metric("mediarelay_database_queue_length") >= uploads })
	c.Must(lock.Rollback())
	clients.Wait()
	c.Await("all uploads are refused", c.Ended, func() bool { return c.Count("SELECT COUNT(*) FROM uploads WHERE state = 'refused'") == uploads })

	// A refusal is two durable transactions: the attempt begins, and ends. Transactions of
	// the server itself may have waited too, and taken a place.
	if commits, most := c.durableCommits()-before, 2*uploads+uploads/4; commits > float64(most) {
		t.Errorf("%v durable commits, want at most %d: few for the ends of %d uploads, and two for each refusal", commits, most, uploads)
	}
}

// The same as the first with 512 clients, three times.
func TestFiveHundredClientsAreServed(t *testing.T) {
	stage.LongTest(t)
	for range 3 {
		t.Run("run", func(t *testing.T) {
			newCrowd(t, load{clients: 512, uploads: 600, size: 10_000_000}, text).run()
		})
	}
}

// newCrowd prepares a server without quotas.
func newCrowd(t testing.TB, l load, unit string) *crowd {
	t.Helper()
	c := &crowd{Process: stage.NewProcess(t), load: l}
	c.content = bytes.Repeat([]byte(unit), c.size/len(unit)+1)[:c.size]
	c.digest = stage.Digest(c.content)
	c.WithoutQuotas()
	return c
}

func (c *crowd) durableCommits() float64 {
	c.Helper()
	return c.Metric(`mediarelay_database_commit_seconds_count{strength="durable"}`)
}

func (c *crowd) run() {
	c.Helper()
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
	f := c.file(n)
	if err := c.create(ctx, f); err != nil {
		return fmt.Errorf("creation: %w", err)
	}
	return c.send(ctx, f)
}

func (c *crowd) file(n int64) *stage.File {
	return &stage.File{Name: fmt.Sprintf("file %d.bin", n), Purposes: "message"}
}

func (c *crowd) create(ctx context.Context, f *stage.File) error {
	return c.CreateSized(ctx, f, int64(c.size), c.digest)
}

func (c *crowd) send(ctx context.Context, f *stage.File) error {
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
