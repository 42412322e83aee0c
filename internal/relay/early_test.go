package relay_test

import (
	"testing"
	"time"

	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/provider/cloudapi"
	"mediarelay/internal/provider/onprem"
	"mediarelay/internal/reason"
	"mediarelay/internal/sandbox"
)

func TestAHandleIsSentWhileItsUploadArrives(t *testing.T) {
	eachEarly(t, func(h *harness) {
		h.relay()
		content := large(800)
		a := h.begin("u1", content, media.PurposeTemplate)
		a.upTo(1 << 20)
		h.awaitInSession(1 << 20)
		a.upTo(len(content) - 1)
		h.awaitInSession(len(content) - heldBack)
		a.finish()
		h.awaitState("u1", library.StateDone)
		h.wantCalls(sandbox.OpOpenSession, 1)
		h.wantCalls(sandbox.OpSendSession, 1)
		h.wantCalls(sandbox.OpSessionOffset, 0)
		h.awaitEarlySends("won", 1)
	})
}

func TestBothCopiesAreSentWhileTheirUploadArrives(t *testing.T) {
	eachEarly(t, func(h *harness) {
		h.relay()
		content := large(801)
		a := h.begin("u1", content, both...)
		a.upTo(len(content) - 1)
		h.awaitInSession(len(content) - heldBack)
		h.until("the media object", func() bool {
			return h.metric("mediarelay_provider_sent_bytes_total") == float64(2*(len(content)-heldBack))
		})
		h.wantNothingComplete()
		a.finish()
		h.awaitState("u1", library.StateDone)
		h.wantCalls(sandbox.OpSendSession, 1)
		h.wantCalls(sandbox.OpUploadMedia, 1)
		h.awaitEarlySends("won", 2)
	})
}

// Whatever ends the upload ends its early sends, and nothing is complete at the provider.
func TestAnUploadThatEndsWithoutItsRelayNeverCompletesAtTheProvider(t *testing.T) {
	damaged := &library.Problem{Reason: reason.Reason{Code: reason.DigestMismatch, Severity: reason.Refuse}}
	for name, end := range map[string]func(a *arriving){
		"the verdict": func(a *arriving) {
			a.finish()
			a.awaitState("u1", library.StateRefused)
		},
		"the digest": func(a *arriving) {
			a.upTo(len(a.content))
			a.must(a.library.FinishUpload(a.Context(), "u1", digestOf(nil), damaged))
			a.must(a.bytes.Remove(a.Context(), "u1"))
		},
		"its client": func(a *arriving) {
			a.must(a.library.DeleteUpload(a.Context(), "u1"))
			a.must(a.bytes.Remove(a.Context(), "u1"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			eachEarly(t, func(h *harness) {
				h.relay()
				whole := large(802)
				content := whole[:len(whole)-len(plain())/2] // a picture that is cut
				a := h.begin("u1", content, both...)
				a.upTo(len(content) - 1)
				h.awaitInSession(len(content) - heldBack)
				end(a)
				h.awaitEarlySends("aborted", 2)
				h.wantNothingComplete()
				h.wantCalls(sandbox.OpSendSession, 1)
				h.wantCalls(sandbox.OpUploadMedia, 1)
			})
		})
	}
}

// A silent client costs the provider's request. When it comes back, the session is
// resumed from the offset that it reports.
func TestASilentClientCostsTheRequestAndNotTheSession(t *testing.T) {
	eachEarly(t, func(h *harness) {
		h.config.Silence = 100 * time.Millisecond
		h.relay()
		content := large(803)
		a := h.begin("u1", content, media.PurposeTemplate)
		a.upTo(2 << 20)
		h.awaitInSession(2 << 20)
		h.awaitFailures(2) // the session was opened, and what went into it has ended
		a.upTo(3 << 20)
		h.awaitInSession(3 << 20)
		a.finish()
		h.awaitState("u1", library.StateDone)
		h.wantCalls(sandbox.OpOpenSession, 1)
		if handles := h.sandbox.Handles(); len(handles) != 1 {
			h.Errorf("the provider gave %v", handles)
		}
	})
}

// A media object has no offset: it is begun again twice, and then sent when it is finished.
func TestAMediaObjectIsBegunAgainTwice(t *testing.T) {
	eachEarly(t, func(h *harness) {
		h.config.Silence = 50 * time.Millisecond
		h.relay()
		a := h.begin("u1", large(804), media.PurposeMessage)
		for try := range 4 {
			a.upTo((try + 1) * 1_000_000)
			h.awaitFailures(min(try+1, 3))
		}
		h.wantNothingComplete()
		a.finish()
		h.awaitState("u1", library.StateDone)
		h.wantCalls(sandbox.OpUploadMedia, 4)
		h.wantMetric("mediarelay_relay_ambiguous_total", 0)
	})
}

func TestAnEarlySendThatBreaksLeavesItsSession(t *testing.T) {
	eachEarly(t, func(h *harness) {
		fault := h.sandbox.Faults().Add(sandbox.OpSendSession, sandbox.ResetAfter(1_000_000))
		h.relay()
		content := large(805)
		a := h.begin("u1", content, media.PurposeTemplate)
		a.upTo(3 << 20)
		h.awaitFired(fault)
		a.upTo(len(content) - 1)
		a.finish()
		h.awaitState("u1", library.StateDone)
		h.wantCalls(sandbox.OpOpenSession, 1)
		h.wantCalls(sandbox.OpSendSession, 2)
		h.wantCalls(sandbox.OpSessionOffset, 1)
	})
}

func TestACommittedSendWaitsForASlowProvider(t *testing.T) {
	eachEarly(t, func(h *harness) {
		fault := h.sandbox.Faults().Add(sandbox.OpSendSession, sandbox.Slow(1_000_000))
		h.relay()
		a := h.begin("u1", long(18, 806), media.PurposeTemplate)
		a.upTo(1 << 20)
		h.awaitFired(fault)
		a.finish()
		h.awaitState("u1", library.StateDone)
		h.wantCalls(sandbox.OpSendSession, 1)
	})
}

// Nothing depends on an early send: without its process the file is sent as usual.
func TestAStopEndsTheEarlySendsOfItsProcess(t *testing.T) {
	eachEarly(t, func(h *harness) {
		stop := h.relay()
		content := large(807)
		a := h.begin("u1", content, both...)
		a.upTo(len(content) - 1)
		h.awaitInSession(len(content) - heldBack)
		stop()
		h.wantNothingComplete()
		a.finish()
		h.relay()
		h.awaitState("u1", library.StateDone)
		if len(h.sandbox.Handles()) != 1 || len(h.sandbox.AllMedia()) != 1 {
			h.Errorf("the provider has %v and %v", h.sandbox.Handles(), h.sandbox.AllMedia())
		}
	})
}

func TestWhatTheLibraryHasIsNotSentEarly(t *testing.T) {
	eachEarly(t, func(h *harness) {
		h.relay()
		content := large(808)
		h.finish("u0", content, both...)
		h.awaitState("u0", library.StateDone)
		a := h.begin("u1", content, both...)
		a.upTo(len(content) - 1)
		a.finish()
		h.awaitState("u1", library.StateDone)
		h.wantCalls(sandbox.OpSendSession, 1)
		h.wantCalls(sandbox.OpUploadMedia, 1)
	})
}

// One of the other providers has sessions of its own, one has none.
func TestEveryProviderIsSentToEarly(t *testing.T) {
	number := func(h *harness) sandbox.Number { return h.sandbox.Number(key) }
	for name, c := range map[string]struct {
		connect  func(h *harness)
		purposes []media.Purpose
		sends    int
	}{
		"cloudapi": {func(h *harness) {
			h.config.Providers["acme"] = cloudapi.New(cloudapi.Config{
				BaseURL: h.url, Version: "v23.0", PhoneNumberID: number(h).PhoneNumberID, AppID: number(h).AppID,
				AccessToken: key, HTTPClient: h.client,
			})
		}, both, 1},
		"onprem": {func(h *harness) {
			h.config.Providers["acme"] = onprem.New(onprem.Config{BaseURL: h.url, APIKey: key, HTTPClient: h.client})
		}, []media.Purpose{media.PurposeMessage}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			eachEarly(t, func(h *harness) {
				c.connect(h)
				h.relay()
				content := large(809)
				a := h.begin("u1", content, c.purposes...)
				a.upTo(len(content) - 1)
				h.until("what may go early", func() bool {
					return h.metric("mediarelay_provider_sent_bytes_total") == float64(len(c.purposes)*(len(content)-heldBack))
				})
				a.finish()
				h.awaitState("u1", library.StateDone)
				h.wantCalls(sandbox.OpUploadMedia, 1)
				h.wantCalls(sandbox.OpSendSession, c.sends)
			})
		})
	}
}
