package faults

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"syscall"
	"testing"

	"mediarelay/internal/e2e/stage"
)

const (
	// earlyEnv says which copies are sent while their file is still being uploaded.
	earlyEnv = "MEDIARELAY_RELAY_EARLY"
	// withheldBytes is how much of a file's end is withheld until the file is checked,
	// in bytes.
	withheldBytes = 64 << 10
)

// sessionBytes is how much of a file the provider has, in the session that has most.
func sessionBytes(i *stage.Process, f *stage.File) (most int64) {
	for _, s := range i.Sandbox.Sessions() {
		if s.Length == int64(len(f.Content)) {
			most = max(most, s.Offset)
		}
	}
	return most
}

// waitForSession makes the client of a file wait with its last chunk until the provider
// has everything that may be sent early, or the process has ended. So whatever the
// provider has then was sent while the file arrived.
func waitForSession(i *stage.Process, f *stage.File, then func()) {
	holdLastChunk(i, f, func() bool { return sessionBytes(i, f) == int64(len(f.Content)-withheldBytes) }, then)
}

// waitForBothCopies is waitForSession for both copies of a file, as the crashing server
// reports them.
func waitForBothCopies(i *stage.Process, f *stage.File, then func()) {
	digest := stage.Digest(f.Content)
	holdLastChunk(i, f, func() bool {
		return i.ServerLog.LineWith(withheldLogLine(atWithheldMedia, digest)) != "" && i.ServerLog.LineWith(withheldLogLine(atWithheldSession, digest)) != ""
	}, then)
}

// holdLastChunk makes the client of a file wait with its last chunk until its early sends
// are withheld at their end, or the process has ended.
func holdLastChunk(i *stage.Process, f *stage.File, held func() bool, then func()) {
	ended := i.Ended
	f.BeforeLastChunk = func() {
		if i.Await("the early sends are withheld at their end", ended, held) {
			then()
		}
	}
}

// The first bytes of a file indicate another type than the whole file has. What was sent
// early as the indicated type is never completed. The file ends as its verdict says.
func TestMisleadingFirstBytesCompleteNothing(t *testing.T) {
	sound := generate(t, "mp4 audio=aac bytes=1500000 samples=2800")
	nothing := append(slices.Clone(stage.Photo(t)[:2]), bytes.Repeat([]byte{0xff, 0xd8, 0xff, 0x00}, 400_000)...)
	for name, c := range map[string]struct {
		file  stage.File
		state string
		// types of the objects in the end
		types []string
	}{
		"a video that is a sound":          {stage.File{Name: "a.mp4", Content: sound, Purposes: "message"}, "done", []string{"audio/mp4"}},
		"a template's video, also a sound": {stage.File{Name: "b.mp4", Content: sound, Purposes: "template"}, "refused", nil},
		"a picture that is none":           {stage.File{Name: "c.jpg", Content: nothing, Purposes: "message,template"}, "refused", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := stage.NewProcess(t)
			i.Env[earlyEnv] = "all"
			i.Start()
			f := &c.file
			f.ChunkSize = (len(f.Content) - 1) / 8
			copies := 1 + strings.Count(f.Purposes, ",")
			f.BeforeLastChunk = func() {
				i.Await("all early sends are withheld", i.Ended, func() bool {
					return i.Metric("mediarelay_provider_sent_bytes_total") == float64(copies*(len(f.Content)-withheldBytes))
				})
			}
			ctx, cancel := context.WithTimeout(t.Context(), stage.RecoveryTimeout)
			defer cancel()
			for _, u := range i.SendAll(ctx, []*stage.File{f}) {
				if u.State != c.state {
					t.Errorf("it ended as %+v, want it %s", u, c.state)
				}
			}
			var types []string
			for _, object := range i.Sandbox.AllMedia() {
				types = append(types, object.Type)
			}
			if !slices.Equal(types, c.types) || len(i.Sandbox.Handles()) > 0 {
				t.Errorf("the provider has objects of %v, want %v, and handles %v", types, c.types, i.Sandbox.Handles())
			}
			i.Await("the early sends have ended", i.Ended, func() bool { return i.Metric("mediarelay_early_sends_total") == float64(copies) })
			if counted := i.Metric("mediarelay_relay_ambiguous_total"); counted > 0 {
				t.Errorf("%v attempts of unknown outcome are counted", counted)
			}
			i.Signal(syscall.SIGTERM)
		})
	}
}
