package relay_test

import (
	"bytes"
	"context"
	"sync/atomic"
	"testing"
	"time"

	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/reason"
	"mediarelay/internal/sandbox"
	"mediarelay/internal/store"
)

// If the worker comes while the early send waits for a silent client, it sends the file
// as usual, and the provider is not blamed.
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
			eachEarly(t, func(h *harness) {
				h.freeze() // after a counted failure the relay would never be due again
				h.config.Silence = 50 * time.Millisecond
				far := &farAway{Folder: h.bytes}
				h.config.Bytes = far
				h.relay()
				content := large(820)
				a := h.begin("u1", content, c.purpose)
				a.upTo(2 << 20)
				h.awaitFailures(c.before)
				far.most.Store(2 << 20) // or else the early send begins again
				_, err := h.bytes.Append(h.Context(), "u1", 2<<20, bytes.NewReader(content[2<<20:]))
				h.must(err)
				h.must(h.library.FinishUpload(h.Context(), "u1", digestOf(content), nil))
				h.awaitState("u1", library.StateDone)
				h.wantCalls(c.op, 2)
				h.wantMetric("mediarelay_relay_ambiguous_total", 0)
				h.awaitEarlySends("aborted", 1)
			})
		})
	}
}

// farAway is a store that reports arrived bytes late: no more than most, if that is set,
// and no less than least.
type farAway struct {
	*store.Folder
	most, least atomic.Int64
}

func (f *farAway) Arrived(ctx context.Context, id string) (int64, error) {
	n, err := f.Folder.Arrived(ctx, id)
	if most := f.most.Load(); most > 0 {
		n = min(n, most)
	}
	return max(n, f.least.Load()), err
}

// A failure of an early send counts for the channel as that of a worker
// does, even while the client sends nothing.
func TestAFailureOfAnEarlySendPausesTheChannel(t *testing.T) {
	for name, c := range map[string]struct {
		fault sandbox.Fault
		code  reason.Code
	}{
		"429": {sandbox.EarlyAnswer(429, tooMany), reason.ProviderBusy},
		"401": {sandbox.EarlyAnswer(401, notLetIn), reason.ProviderAccount},
	} {
		t.Run(name, func(t *testing.T) {
			eachEarly(t, func(h *harness) {
				h.freeze()
				h.config.Silence = patience // longer than the test
				h.sandbox.Faults().Add(sandbox.OpUploadMedia, c.fault)
				stop := h.relay()
				a := h.begin("u1", large(821), media.PurposeMessage)
				a.upTo(1 << 20)
				h.until("the channel's pause", func() bool { return h.metric("mediarelay_channel_paused") == 1 })
				a.finish()
				u := h.await("u1", "the channel's problem", func(u library.Upload) bool { return u.Problem != nil })
				if u.Problem.Reason.Code != c.code || u.State.Ended() {
					h.Errorf("the upload is %s, %+v, want %s", u.State, u.Problem, c.code)
				}
				h.wantCalls(sandbox.OpUploadMedia, 1)
				stop()
				h.awaitEarlySends("broken", 1)
			})
		})
	}
}

// A permanent refusal ends the upload, and the file is not sent twice.
func TestAPermanentRefusalOfAnEarlySendEndsTheUpload(t *testing.T) {
	for name, c := range map[string]struct {
		purpose media.Purpose
		op      sandbox.Op
	}{
		"media object": {media.PurposeMessage, sandbox.OpUploadMedia},
		"session":      {media.PurposeTemplate, sandbox.OpSendSession},
	} {
		t.Run(name, func(t *testing.T) {
			eachEarly(t, func(h *harness) {
				h.sandbox.Faults().Add(c.op, sandbox.EarlyAnswer(400, refusedMedia))
				h.relay()
				content := large(822)
				a := h.begin("u1", content, c.purpose)
				a.upTo(1 << 20)
				h.until("the refusal", func() bool {
					return h.metric("mediarelay_provider_request_duration_seconds", "outcome", "permanent") == 1
				})
				a.finish()
				if u := h.awaitState("u1", library.StateFailed); u.Problem.Reason.Code != reason.ProviderRefused {
					h.Errorf("problem %+v, want the provider's refusal", u.Problem)
				}
				h.wantCalls(c.op, 1)
				h.wantMetric("mediarelay_channel_paused", 0)
				h.awaitEarlySends("broken", 1)
			})
		})
	}
}

const (
	tooMany  = `{"error":{"message":"(#130429) Rate limit hit","code":130429}}`
	notLetIn = `{"error":{"message":"Authentication Error","code":190}}`
)

// A client that drips costs a bounded number of requests.
func TestASessionIsResumedABoundedNumberOfTimes(t *testing.T) {
	eachEarly(t, func(h *harness) {
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
