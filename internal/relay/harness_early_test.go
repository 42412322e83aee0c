package relay_test

import (
	"bytes"
	"testing"
	"time"

	"mediarelay/internal/library"
	"mediarelay/internal/media"
)

// heldBack is what the provider does not get before the file is checked: 64 KiB.
const heldBack = 64 << 10

// eachEarly runs a test with early sends, as a server has them.
func eachEarly(t *testing.T, test func(h *harness)) {
	t.Helper()
	each(t, func(h *harness) {
		h.config.EarlySends, h.config.MediaEarly = 4, true
		test(h)
	})
}

// arriving is an upload whose bytes come piece by piece.
type arriving struct {
	*harness
	id      string
	content []byte
	at      int
}

func (h *harness) begin(id string, content []byte, purposes ...media.Purpose) *arriving {
	h.Helper()
	h.must(h.library.CreateUpload(h.Context(), library.Upload{
		ID: id, Channel: "acme", Length: int64(len(content)), Filename: id + ".jpg", Purposes: purposes, DeclaredSHA256: digestOf(content),
	}))
	h.must(h.bytes.Create(h.Context(), id))
	h.running.Arrived(library.Upload{ID: id, Length: int64(len(content))})
	return &arriving{h, id, content, 0}
}

// upTo stores the bytes up to an offset as a chunk does.
func (a *arriving) upTo(offset int) {
	a.Helper()
	n, err := a.bytes.Append(a.Context(), a.id, int64(a.at), bytes.NewReader(a.content[a.at:offset]))
	a.must(err)
	a.at += int(n)
	a.must(a.library.TouchUpload(a.Context(), a.id))
	a.running.Arrived(library.Upload{ID: a.id, Length: int64(len(a.content))})
}

func (a *arriving) finish() {
	a.Helper()
	a.upTo(len(a.content))
	a.must(a.library.FinishUpload(a.Context(), a.id, digestOf(a.content), nil))
}

// until polls for a condition that sends no notification.
func (h *harness) until(what string, met func() bool) {
	h.Helper()
	for deadline := time.Now().Add(patience); !met(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			h.Fatalf("it never came to this: %s", what)
		}
	}
}

// awaitInSession waits until the provider's latest session has so many bytes.
func (h *harness) awaitInSession(want int) {
	h.Helper()
	h.until("the session's offset", func() bool {
		all := h.sandbox.Sessions()
		return len(all) > 0 && all[len(all)-1].Offset == int64(want)
	})
}

func (h *harness) awaitEarlySends(outcome string, want float64) {
	h.Helper()
	h.until("so many early sends "+outcome, func() bool {
		return h.metric("mediarelay_early_sends_total", "outcome", outcome) == want
	})
}

// wantNothingComplete: what was refused at the end is no object at the provider.
func (h *harness) wantNothingComplete() {
	h.Helper()
	if len(h.sandbox.Handles()) > 0 || len(h.sandbox.AllMedia()) > 0 {
		h.Errorf("the provider has %v and %v", h.sandbox.Handles(), h.sandbox.AllMedia())
	}
}
