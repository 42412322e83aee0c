package relay_test

import (
	"bytes"
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/reason"
	"mediarelay/internal/sandbox"
	"mediarelay/internal/store"
)

// A worker that comes while its forerun waits for a silent client goes the usual
// way, and nothing is held against the provider.
func TestASilentClientIsNoFailureOfTheProvider(t *testing.T) {
	for name, c := range map[string]struct {
		purpose media.Purpose
		op      sandbox.Op
		before  int // requests that were answered or broken off
	}{
		"media object": {media.PurposeMessage, sandbox.OpUploadMedia, 1},
		"session":      {media.PurposeTemplate, sandbox.OpSendSession, 2},
	} {
		t.Run(name, func(t *testing.T) {
			early(t, func(h *harness) {
				h.freeze() // a counted failure would put the relay off for ever
				h.config.Silence = 50 * time.Millisecond
				far := &farAway{Folder: h.bytes}
				h.config.Bytes = far
				h.relay()
				content := large(820)
				a := h.begin("u1", content, c.purpose)
				a.upTo(2 << 20)
				h.awaitFailures(c.before)
				far.silent.Store(true) // or else the forerun begins again
				_, err := h.bytes.Append(h.Context(), "u1", 2<<20, bytes.NewReader(content[2<<20:]))
				h.must(err)
				h.must(h.library.FinishUpload(h.Context(), "u1", digestOf(content), nil))
				h.awaitState("u1", library.StateDone)
				h.wantCalls(c.op, 2)
				h.wantMetric("mediarelay_relay_ambiguous_total", 0)
				h.awaitForeruns("aborted", 1)
			})
		})
	}
}

// farAway is a store of whose new bytes nothing is heard.
type farAway struct {
	*store.Folder
	silent atomic.Bool
}

func (f *farAway) Arrived(ctx context.Context, id string) (int64, error) {
	n, err := f.Folder.Arrived(ctx, id)
	if f.silent.Load() {
		n = min(n, 2<<20)
	}
	return n, err
}

// What the provider says to a forerun counts as what it says to a worker: C4, C7.
func TestWhatAForerunIsToldStopsTheChannel(t *testing.T) {
	for name, c := range map[string]struct {
		fault sandbox.Fault
		code  reason.Code
	}{
		"429": {sandbox.EarlyAnswer(429, tooMany), reason.ProviderBusy},
		"401": {sandbox.EarlyAnswer(401, notLetIn), reason.ProviderAccount},
	} {
		t.Run(name, func(t *testing.T) {
			early(t, func(h *harness) {
				h.freeze()
				fault := h.sandbox.Faults().Add(sandbox.OpUploadMedia, c.fault)
				stop := h.relay()
				content := large(821)
				a := h.begin("u1", content, media.PurposeMessage)
				a.upTo(1 << 20)
				h.awaitFired(fault)
				a.upTo(len(content) - 1) // who waits for bytes hears an early answer only then
				h.until("the channel's stop", func() bool { return h.metric("mediarelay_channel_stopped") == 1 })
				a.finish()
				u := h.await("u1", "the channel's problem", func(u library.Upload) bool { return u.Problem != nil })
				if u.Problem.Reason.Code != c.code || u.State.Ended() {
					h.Errorf("the upload is %s, %+v, want %s", u.State, u.Problem, c.code)
				}
				h.wantCalls(sandbox.OpUploadMedia, 1)
				stop()
				h.awaitForeruns("broken", 1)
			})
		})
	}
}

// C6: a refusal for good is the upload's end, and is not asked for twice.
func TestAForerunThatIsRefusedForGoodIsTheUploadsEnd(t *testing.T) {
	for name, c := range map[string]struct {
		purpose media.Purpose
		op      sandbox.Op
	}{
		"media object": {media.PurposeMessage, sandbox.OpUploadMedia},
		"session":      {media.PurposeTemplate, sandbox.OpSendSession},
	} {
		t.Run(name, func(t *testing.T) {
			early(t, func(h *harness) {
				fault := h.sandbox.Faults().Add(c.op, sandbox.EarlyAnswer(400, refusedMedia))
				h.relay()
				content := large(822)
				a := h.begin("u1", content, c.purpose)
				a.upTo(1 << 20)
				h.awaitFired(fault)
				a.upTo(len(content) - 1)
				a.finish()
				if u := h.awaitState("u1", library.StateFailed); u.Problem.Reason.Code != reason.ProviderRefused {
					h.Errorf("problem %+v, want the provider's refusal", u.Problem)
				}
				h.wantCalls(c.op, 1)
				h.wantMetric("mediarelay_channel_stopped", 0)
				h.awaitForeruns("broken", 1)
			})
		})
	}
}

const (
	tooMany  = `{"error":{"message":"(#130429) Rate limit hit","code":130429}}`
	notLetIn = `{"error":{"message":"Authentication Error","code":190}}`
)

var errDamagedChunk = errors.New("the checksum of the chunk differs")

// B9: a chunk goes on before its checksum is known. Where it turns out damaged and
// other bytes come in its place, what has left never completes.
func TestAChunkThatIsTakenBackNeverCompletesAtTheProvider(t *testing.T) {
	early(t, func(h *harness) {
		h.relay()
		content := large(823)
		a := h.begin("u1", content, both...)
		a.upTo(1 << 20)
		damaged := bytes.Clone(content[1<<20 : 3<<20])
		damaged[7]++
		_, err := h.bytes.AppendChecked(h.Context(), "u1", 1<<20, bytes.NewReader(damaged), func(int64) error {
			h.awaitInSession(3 << 20)
			h.until("the media object", func() bool {
				return h.metric("mediarelay_provider_sent_bytes_total") == 2*3<<20
			})
			return errDamagedChunk
		})
		if !errors.Is(err, errDamagedChunk) {
			h.Fatalf("got %v, want the chunk taken back", err)
		}
		a.finish()
		h.awaitState("u1", library.StateDone)
		h.wantCalls(sandbox.OpOpenSession, 2)
		h.wantCalls(sandbox.OpSendSession, 2)
		h.wantCalls(sandbox.OpUploadMedia, 2)
		if len(h.sandbox.Handles()) != 1 || len(h.sandbox.AllMedia()) != 1 {
			h.Errorf("the provider has %v and %v", h.sandbox.Handles(), h.sandbox.AllMedia())
		}
		h.awaitForeruns("aborted", 2)
	})
}

// B9: bytes that change on the disk behind the finish, the length staying as it is.
func TestStoredBytesThatWereExchangedDoNotCompleteAtTheProvider(t *testing.T) {
	for name, wants := range map[string][]media.Purpose{"media object": {media.PurposeMessage}, "session": {media.PurposeTemplate}} {
		t.Run(name, func(t *testing.T) {
			each(t, func(h *harness) {
				content := large(824)
				other := bytes.Clone(content)
				other[1<<20]++ // in a comment: the picture is as good as before
				h.finish("u1", content, wants...)
				h.must(h.bytes.Remove(h.Context(), "u1"))
				h.must(h.bytes.Create(h.Context(), "u1"))
				_, err := h.bytes.Append(h.Context(), "u1", 0, bytes.NewReader(other))
				h.must(err)
				h.relay()
				if u := h.awaitState("u1", library.StateFailed); u.Problem.Reason.Code != reason.BytesGone {
					h.Errorf("problem %+v, want the bytes gone", u.Problem)
				}
				h.wantNothingComplete()
			})
		})
	}
}

// A client that drips costs a bounded number of requests.
func TestASessionIsNotBegunAgainForEver(t *testing.T) {
	early(t, func(h *harness) {
		const sends = 9 // the first one, and eight more
		h.config.Silence = 30 * time.Millisecond
		h.relay()
		content := large(825)
		a := h.begin("u1", content, media.PurposeTemplate)
		for n := range sends {
			a.upTo((n + 1) * 400_000)
			h.until("the request's end", func() bool {
				return h.metric("mediarelay_provider_request_duration_seconds", "operation", "send_session") == float64(n+1)
			})
		}
		a.upTo(sends*400_000 + 1)
		a.finish()
		h.awaitState("u1", library.StateDone)
		h.wantCalls(sandbox.OpOpenSession, 1)
		h.wantCalls(sandbox.OpSendSession, sends+1)
	})
}
