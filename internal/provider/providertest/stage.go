package providertest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"mediarelay/internal/media"
	"mediarelay/internal/provider"
	"mediarelay/internal/sandbox"
)

// canary is the API key of the suite. It must not occur outside its header.
const canary = "canary-8d1f0c5e7b"

// stage is a sandbox and a provider. At the end of the test it checks that every
// scripted fault happened.
type stage struct {
	Harness
	t       *testing.T
	sandbox *sandbox.Server
	wire    *wire
	clock   *clock
	base    string
}

func newStage(t *testing.T, connect func(Connection) Harness) *stage {
	t.Helper()
	now := &clock{}
	s, err := sandbox.New(sandbox.Config{Dir: t.TempDir(), APIKeys: []string{canary}, Now: now.Now})
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{next: s}
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	t.Cleanup(func() { _ = s.Close() })
	t.Cleanup(func() {
		for _, fault := range s.Faults().Unfired() {
			t.Errorf("a scripted fault did not happen: %s", fault)
		}
	})
	return &stage{
		Harness: connect(Connection{BaseURL: server.URL, Key: canary, Number: s.Number(canary)}),
		t:       t, sandbox: s, wire: w, clock: now, base: server.URL,
	}
}

// clock is the clock of the sandbox: the real time until it is advanced.
type clock struct {
	mu      sync.Mutex
	stopped time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopped.IsZero() {
		return time.Now()
	}
	return c.stopped
}

// advance stops the clock and moves it forward.
func (c *clock) advance(d time.Duration) {
	now := c.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopped = now.Add(d)
}

// wire records every request.
type wire struct {
	next http.Handler

	mu       sync.Mutex
	requests []*http.Request
}

func (w *wire) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	w.requests = append(w.requests, r.Clone(r.Context()))
	w.mu.Unlock()
	w.next.ServeHTTP(rw, r)
}

func (w *wire) seen() []*http.Request {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.requests
}

// sample is a file of a given size, with random bytes.
type sample struct {
	media.Object
	content []byte
}

func newSample(size int) sample {
	content := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{}).Read(content) // the same bytes in every run
	sum := sha256.Sum256(content)
	return sample{
		Object: media.Object{
			Filename: "sample.mp4", Type: "video/mp4", Kind: media.KindVideo,
			Size: int64(size), SHA256: hex.EncodeToString(sum[:]),
		},
		content: content,
	}
}

func (s sample) reader() *bytes.Reader { return bytes.NewReader(s.content) }

func (s sample) from(offset int64) provider.Part {
	return provider.Part{Object: s.Object, Offset: offset, Body: bytes.NewReader(s.content[offset:])}
}

// wantCause checks the cause of an error, and that it contains no secret.
func (s *stage) wantCause(t *testing.T, err error, want provider.Cause) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want one of cause %s", want)
		return
	}
	if got := provider.CauseOf(err); got != want {
		t.Errorf("cause %s, want %s: %v", got, want, err)
	}
	wantNoSecret(t, err)
}

func wantNoSecret(t *testing.T, err error) {
	t.Helper()
	for _, verb := range []string{"%v", "%+v", "%#v", "%q"} {
		if text := fmt.Sprintf(verb, err); strings.Contains(text, canary) || strings.Contains(text, "sig=A") {
			t.Errorf("the error contains a secret with %s: %s", verb, text)
		}
	}
}
