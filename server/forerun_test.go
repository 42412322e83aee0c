package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"mediarelay/internal/preflight/preflighttest"
)

// Foreruns in a process of its own: what is sent to the provider while it arrives.

const (
	// early is the setting of which files that are.
	early = "MEDIARELAY_RELAY_EARLY"
	// heldBack is what the provider does not get of a file before it is checked, in bytes.
	heldBack = 64 << 10
)

// arrivals are files that are long enough to be sent while they come. Each has a
// length of its own, by which its session is known at the provider, and a last
// chunk of a few bytes, behind those that are held back.
func arrivals(t *testing.T, count int) []*sent {
	t.Helper()
	plain := photo(t)
	files := make([]*sent, count)
	for n := range files {
		name := fmt.Sprintf("arrival %d.jpg", n)
		content := padded(plain, name, 1_500_000+1000*n)
		files[n] = &sent{name: name, content: content, checked: n%2 == 0, chunk: (len(content) - 1) / 8}
	}
	return files
}

// inSession is how much the provider has of a file, in the session that has most.
func (i *installation) inSession(f *sent) (most int64) {
	for _, s := range i.sandbox.Sessions() {
		if s.Length == int64(len(f.content)) {
			most = max(most, s.Offset)
		}
	}
	return most
}

// until waits for what gives no sign. It reports false where the process ended before.
func (i *installation) until(what string, ended <-chan struct{}, met func() bool) bool {
	i.Helper()
	for deadline := time.Now().Add(within); !met(); {
		select {
		case <-ended:
			return false
		case <-time.After(5 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			i.Errorf("it never came to this: %s", what)
			return false
		}
	}
	return true
}

// waitsForItsForerun lets the client of a file wait with its last chunk until the
// provider has all that it may have before, or the process that runs has ended. So
// what the provider has until then was sent while the file came.
func (i *installation) waitsForItsForerun(f *sent, then func()) {
	i.waitsUntil(f, func() bool { return i.inSession(f) == int64(len(f.content)-heldBack) }, then)
}

// waitsForBothForeruns is waitsForItsForerun for both copies of a file, as the
// server that kills itself tells of them.
func (i *installation) waitsForBothForeruns(f *sent, then func()) {
	digest := digestOf(f.content)
	i.waitsUntil(f, func() bool {
		return i.log.lineWith(heldLine(atHeldMedia, digest)) != "" && i.log.lineWith(heldLine(atHeldSession, digest)) != ""
	}, then)
}

// waitsUntil lets the client of a file wait with its last chunk until its foreruns
// are held at their end, or the process that runs has ended.
func (i *installation) waitsUntil(f *sent, held func() bool, then func()) {
	ended := i.ended
	f.beforeEnd = func() {
		if i.until("what is sent early is held at its end", ended, held) {
			then()
		}
	}
}

// B1: killed at each step of a forerun, the server goes on at its next start.
func TestAKillInAForerunLosesNothing(t *testing.T) {
	for _, step := range earlySteps {
		t.Run(strings.ReplaceAll(step, " ", "-"), func(t *testing.T) {
			t.Parallel()
			i := install(t)
			i.variables[early] = "all"
			i.dieAt(step, 2)
			i.start()
			files := arrivals(t, places/2) // both copies of each
			var held atomic.Int64
			for _, f := range files {
				i.waitsForBothForeruns(f, func() { held.Add(1) })
			}
			killAndGoOn(i, step, files)
			behindTheGate := slices.Index(earlySteps, step) >= slices.Index(earlySteps, afterMediaGate)
			if behindTheGate && held.Load() == 0 {
				t.Error("no forerun was held before its upload was whole")
			}
		})
	}
}

func bytesOf(files []*sent) (sum int) {
	for _, f := range files {
		sum += len(f.content)
	}
	return sum
}

// The first bytes of a file promise another type than the whole has. What was sent as
// the promised one is never complete; the file ends as its verdict says.
func TestAPromiseThatIsNotKeptCompletesNothing(t *testing.T) {
	sound := made(t, "mp4 audio=aac bytes=1500000 samples=2800")
	nothing := append(slices.Clone(photo(t)[:2]), bytes.Repeat([]byte{0xff, 0xd8, 0xff, 0x00}, 400_000)...)
	for name, c := range map[string]struct {
		file  sent
		state string
		// types of the objects in the end
		types []string
	}{
		"a video that is a sound":          {sent{name: "a.mp4", content: sound, purposes: "message"}, "done", []string{"audio/mp4"}},
		"a template's video, also a sound": {sent{name: "b.mp4", content: sound, purposes: "template"}, "refused", nil},
		"a picture that is none":           {sent{name: "c.jpg", content: nothing, purposes: "message,template"}, "refused", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := install(t)
			i.variables[early] = "all"
			i.start()
			f := &c.file
			f.chunk = (len(f.content) - 1) / 8
			copies := 1 + strings.Count(f.purposes, ",")
			f.beforeEnd = func() {
				i.until("all foreruns are held", i.ended, func() bool {
					return i.metric("mediarelay_provider_sent_bytes_total") == float64(copies*(len(f.content)-heldBack))
				})
			}
			ctx, cancel := context.WithTimeout(t.Context(), within)
			defer cancel()
			for _, u := range i.carry(ctx, []*sent{f}) {
				if u.State != c.state {
					t.Errorf("it ended as %+v, want it %s", u, c.state)
				}
			}
			var types []string
			for _, object := range i.sandbox.AllMedia() {
				types = append(types, object.Type)
			}
			if !slices.Equal(types, c.types) || len(i.sandbox.Handles()) > 0 {
				t.Errorf("the provider has objects of %v, want %v, and handles %v", types, c.types, i.sandbox.Handles())
			}
			i.until("the foreruns have ended", i.ended, func() bool { return i.metric("mediarelay_early_sends_total") == float64(copies) })
			if counted := i.metric("mediarelay_relay_ambiguous_total"); counted > 0 {
				t.Errorf("%v attempts of unknown outcome are counted", counted)
			}
			i.signal(syscall.SIGTERM)
		})
	}
}

// made is the file of a recipe.
func made(t testing.TB, recipe string) []byte {
	t.Helper()
	file, err := preflighttest.Make(recipe)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(io.NewSectionReader(file, 0, file.Size()))
	if err != nil {
		t.Fatal(err)
	}
	return content
}
