package main

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"mediarelay/internal/sandbox"
)

// More clients than a process has room for in its foreruns.

const (
	// places is how many requests of foreruns are on their way at a time.
	places = 8
	// watched is of how many uploads a process knows foreruns.
	watched = 64
)

// begin creates an upload and sends its first chunk.
func (i *installation) begin(f *sent) {
	i.Helper()
	i.must(i.createUpload(i.Context(), f))
	_, err := i.patch(i.Context(), f, 0)
	i.must(err)
}

// drip sends a byte now and then, as a client on a poor line, until the returned
// function is called.
func (i *installation) drip(f *sent) (stop func()) {
	over, done := make(chan struct{}), make(chan struct{})
	bytewise := *f
	bytewise.chunk = 1
	go func() {
		defer close(done)
		for at := f.chunk; ; at++ {
			select {
			case <-over:
				return
			case <-time.After(time.Second): // a poor line is a matter of time
			}
			if _, err := i.patch(i.Context(), &bytewise, at); err != nil {
				i.Error(err)
			}
		}
	}()
	return sync.OnceFunc(func() { close(over); <-done })
}

// placesTaken reports whether so many requests with bytes have begun as foreruns have
// places, while no upload is whole.
func (i *installation) placesTaken() bool {
	return i.sandbox.Calls(sandbox.OpSendSession)+i.sandbox.Calls(sandbox.OpUploadMedia) >= places
}

// Slow clients have all the places for foreruns, and sixty-six others come: none of
// these waits for one of those.
func TestClientsBeyondThePlacesOfForerunsDoNotWait(t *testing.T) {
	t.Parallel()
	i := install(t)
	i.variables[early] = "all"
	i.start()
	files := arrivals(t, 70)
	slow, others := files[:places/2], files[places/2:] // both copies of each
	var stops []func()
	for _, f := range slow {
		i.begin(f)
		stop := i.drip(f)
		defer stop()
		stops = append(stops, stop)
	}
	i.until("all places are taken", i.ended, i.placesTaken)
	for _, f := range others {
		i.begin(f)
	}
	if asked := i.sandbox.Calls(sandbox.OpOpenSession); asked != len(slow) {
		t.Errorf("%d sessions are open, want those of the %d slow clients", asked, len(slow))
	}
	rand.Shuffle(len(others), func(a, b int) { others[a], others[b] = others[b], others[a] })
	ctx, cancel := context.WithTimeout(t.Context(), 2*within)
	defer cancel()
	began := time.Now()
	i.carry(ctx, others)
	t.Logf("%d files went by %d slow ones in %v", len(others), len(slow), time.Since(began))
	if now := i.sandbox.Calls(sandbox.OpSendSession) + i.sandbox.Calls(sandbox.OpUploadMedia); now != places+2*len(others) {
		t.Errorf("%d requests, want one for each copy and no more: a slow client's forerun has ended", now)
	}
	for n, f := range slow {
		if at := i.inSession(f); at == 0 || at >= int64(2*f.chunk) {
			t.Errorf("the forerun of a slow client is at %d", at)
		}
		stops[n]()
	}
	if orphans := i.wantRelayed(i.carry(ctx, files)); orphans > 0 {
		t.Errorf("%d objects without a use", orphans)
	}
	i.signal(syscall.SIGTERM)
}

// The foreruns of seventy uploads break, more than a process knows. The last ones
// have none; all end, in another order, and then there is room for foreruns again.
func TestUploadsBeyondTheWatchedEndAllTheSame(t *testing.T) {
	t.Parallel()
	i := install(t)
	i.start()
	files := arrivals(t, watched+6)
	for n, f := range files {
		f.purposes = "template"
		if n >= watched {
			i.begin(f)
			f.beforeEnd = func() {
				if i.inSession(f) > 0 {
					t.Errorf("%s has a forerun too", f.name)
				}
			}
			continue
		}
		broken := i.sandbox.Faults().Add(sandbox.OpSendSession, sandbox.ResetAfter(1000))
		i.begin(f)
		i.awaitFired(broken)
		_, err := i.patch(t.Context(), f, f.chunk) // net/http tells of a break when the body has given its next bytes
		i.must(err)
		i.until("the request has ended", i.ended, func() bool {
			return i.metric("mediarelay_provider_request_duration_seconds_count") == float64(2*(n+1)) // with the session's opening
		})
	}
	slices.Reverse(files)
	ctx, cancel := context.WithTimeout(t.Context(), 2*within)
	defer cancel()
	ends := i.carry(ctx, files)
	next := arrivals(t, watched+7)[watched+6]
	next.purposes = "template"
	i.waitsForItsForerun(next, func() {})
	for f, u := range i.carry(ctx, []*sent{next}) {
		ends[f] = u
	}
	for f, u := range ends {
		if u.State != "done" || u.Asset == nil || u.Asset.SHA256 != digestOf(f.content) {
			t.Errorf("%s ended as %+v", f.name, u)
		}
	}
	if handles := len(i.sandbox.Handles()); handles != len(ends) {
		t.Errorf("%d handles for %d files", handles, len(ends))
	}
	i.signal(syscall.SIGTERM)
}
