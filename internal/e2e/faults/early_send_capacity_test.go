package faults

import (
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/sandbox"
)

const (
	// earlySlots is how many early requests run at a time.
	earlySlots = 8
	// maxEarlyUploads is for how many uploads a process tracks early sends.
	maxEarlyUploads = 64
)

// drip sends a byte a second, as a client on a poor connection does, until the returned
// function is called.
func drip(i *stage.Process, f *stage.File) (stop func()) {
	over, done := make(chan struct{}), make(chan struct{})
	bytewise := *f
	bytewise.ChunkSize = 1
	go func() {
		defer close(done)
		for at := f.ChunkSize; ; at++ {
			select {
			case <-over:
				return
			case <-time.After(time.Second): // the pace itself, not an event
			}
			if _, err := i.Patch(i.Context(), &bytewise, at); err != nil {
				i.Error(err)
			}
		}
	}()
	return sync.OnceFunc(func() { close(over); <-done })
}

// earlySlotsTaken reports whether as many requests with bytes have begun as there are
// slots, while no upload is complete.
func earlySlotsTaken(i *stage.Process) bool {
	return i.Sandbox.Calls(sandbox.OpSendSession)+i.Sandbox.Calls(sandbox.OpUploadMedia) >= earlySlots
}

// Slow clients occupy all slots for early sends, and sixty-six others upload. None of
// these waits for one of those.
func TestClientsBeyondTheEarlySendSlotsDoNotWait(t *testing.T) {
	t.Parallel()
	i := stage.NewProcess(t)
	i.Env[earlyEnv] = "all"
	i.Start()
	files := earlyFiles(t, 70)
	slow, others := files[:earlySlots/2], files[earlySlots/2:] // two requests for each file
	var stops []func()
	for _, f := range slow {
		i.SendFirstChunk(f)
		stop := drip(i, f)
		defer stop()
		stops = append(stops, stop)
	}
	i.Await("all slots are taken", i.Ended, func() bool { return earlySlotsTaken(i) })
	for _, f := range others {
		i.SendFirstChunk(f)
	}
	if asked := i.Sandbox.Calls(sandbox.OpOpenSession); asked != len(slow) {
		t.Errorf("%d sessions are open, want those of the %d slow clients", asked, len(slow))
	}
	rand.Shuffle(len(others), func(a, b int) { others[a], others[b] = others[b], others[a] })
	ctx, cancel := context.WithTimeout(t.Context(), 2*stage.RecoveryTimeout)
	defer cancel()
	began := time.Now()
	i.SendAll(ctx, others)
	t.Logf("%d files were relayed beside %d slow ones in %v", len(others), len(slow), time.Since(began))
	if now := i.Sandbox.Calls(sandbox.OpSendSession) + i.Sandbox.Calls(sandbox.OpUploadMedia); now != earlySlots+2*len(others) {
		t.Errorf("%d requests, want one for each copy and no more: the early send of a slow client has ended", now)
	}
	for n, f := range slow {
		if at := sessionBytes(i, f); at == 0 || at >= int64(2*f.ChunkSize) {
			t.Errorf("the early send of a slow client is at %d", at)
		}
		stops[n]()
	}
	if orphans := i.WantRelayed(i.SendAll(ctx, files)); orphans > 0 {
		t.Errorf("%d unused objects", orphans)
	}
	i.Signal(syscall.SIGTERM)
}

// The early sends of seventy uploads break, more than a process tracks. The last uploads
// have none. All finish, in another order, and then there is room for early sends again.
func TestUploadsBeyondTheEarlySendLimitFinish(t *testing.T) {
	t.Parallel()
	i := stage.NewProcess(t)
	i.Start()
	files := earlyFiles(t, maxEarlyUploads+6)
	for n, f := range files {
		f.Purposes = "template"
		if n >= maxEarlyUploads {
			i.SendFirstChunk(f)
			f.BeforeLastChunk = func() {
				if sessionBytes(i, f) > 0 {
					t.Errorf("%s is sent early too", f.Name)
				}
			}
			continue
		}
		broken := i.Sandbox.Faults().Add(sandbox.OpSendSession, sandbox.ResetAfter(1000))
		i.SendFirstChunk(f)
		i.AwaitFault(broken)
		_, err := i.Patch(t.Context(), f, f.ChunkSize) // net/http reports the break after the next read of the body
		i.Must(err)
		i.Await("the request has ended", i.Ended, func() bool {
			return i.Metric("mediarelay_provider_request_duration_seconds_count") == float64(2*(n+1)) // with the session's opening
		})
	}
	slices.Reverse(files)
	ctx, cancel := context.WithTimeout(t.Context(), 2*stage.RecoveryTimeout)
	defer cancel()
	// Those beyond the limit end first: an upload that ends makes room for another.
	ends := i.SendAll(ctx, files[:6])
	maps.Copy(ends, i.SendAll(ctx, files[6:]))
	next := earlyFiles(t, maxEarlyUploads+7)[maxEarlyUploads+6]
	next.Purposes = "template"
	waitForSession(i, next, func() {})
	maps.Copy(ends, i.SendAll(ctx, []*stage.File{next}))
	for f, u := range ends {
		if u.State != "done" || u.Asset == nil || u.Asset.SHA256 != stage.Digest(f.Content) {
			t.Errorf("%s ended as %+v", f.Name, u)
		}
	}
	if handles := len(i.Sandbox.Handles()); handles != len(ends) {
		t.Errorf("%d handles for %d files", handles, len(ends))
	}
	i.Signal(syscall.SIGTERM)
}
