package relay_test

import (
	"fmt"
	"testing"
	"time"

	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/provider/onprem"
	"mediarelay/internal/sandbox"
)

// The sandbox refuses the 26th POST /media of a second. Two replicas send 300 files
// of one channel without a refusal, and a file of another channel overtakes them.
func TestABurstOfOneChannelIsNotRefusedAndDelaysNoOther(t *testing.T) {
	each(t, func(h *harness) {
		const uploads = 300
		for i := range uploads {
			h.finish(fmt.Sprintf("u%d", i), picture(1000+i), media.PurposeMessage)
		}
		h.relay()
		h.relay()
		h.await("u0", "the provider", func(u library.Upload) bool { return u.State != library.StateChecking })
		h.finishIn("other", "quiet", picture(999), media.PurposeMessage)
		h.awaitState("quiet", library.StateDone)
		if done := len(h.sandbox.AllMedia()); done > uploads/2 {
			h.Errorf("the other channel's file waited for %d files", done)
		}
		for i := range uploads {
			h.awaitState(fmt.Sprintf("u%d", i), library.StateDone)
		}
		h.wantCalls(sandbox.OpUploadMedia, uploads+1)
		h.wantMetric("mediarelay_channel_paused", 0)
	})
}

// Two channels of one phone number share its rate. Twice the rate would be refused by
// the sandbox, as by the API.
func TestTwoChannelsOfOneNumberShareItsRate(t *testing.T) {
	each(t, func(h *harness) {
		const uploads = 30
		h.config.Providers["other"] = h.account(h.url, key)
		for i := range uploads {
			h.finish(fmt.Sprintf("u%d", i), picture(1000+i), media.PurposeMessage)
			h.finishIn("other", fmt.Sprintf("v%d", i), picture(1000+i), media.PurposeMessage)
		}
		h.relay()
		for i := range uploads {
			h.awaitState(fmt.Sprintf("u%d", i), library.StateDone)
			h.awaitState(fmt.Sprintf("v%d", i), library.StateDone)
		}
		h.wantCalls(sandbox.OpUploadMedia, 2*uploads)
	})
}

// However many channels are stuck, the others continue.
func TestAStuckChannelTakesNoOthersPlace(t *testing.T) {
	each(t, func(h *harness) {
		h.config.Workers, h.config.PerChannel = 2, 2
		var stalls []*sandbox.Scripted
		for i := range 2 {
			stalls = append(stalls, h.sandbox.Faults().Add(sandbox.OpUploadMedia, sandbox.Stall()))
			h.finish(fmt.Sprintf("stuck%d", i), picture(980+i), media.PurposeMessage)
		}
		h.relay()
		for _, stall := range stalls {
			h.awaitFired(stall)
		}
		h.finishIn("other", "quiet", picture(990), media.PurposeMessage)
		h.awaitState("quiet", library.StateDone)
	})
}

// The on-premise API keeps media for another time, has no handles and names no rate.
func TestTheOnPremiseAPIKeepsMediaForFourteenDays(t *testing.T) {
	each(t, func(h *harness) {
		h.config.Providers["acme"] = onprem.New(onprem.Config{BaseURL: h.url, APIKey: key, HTTPClient: h.client})
		h.must(h.rename("limit_rates", "limit_rates_away")) // a rate that were asked for would fail
		began := h.freeze()
		h.finish("u1", picture(992), media.PurposeMessage)
		h.relay()
		copies := h.asset(h.awaitState("u1", library.StateDone)).Content.Copies
		if len(copies) != 1 || !copies[0].ExpiresAt.Truncate(time.Second).Equal(began.Add(14*24*time.Hour).Truncate(time.Second)) {
			h.Errorf("got %+v, want an end 14 days after %v", copies, began)
		}
	})
}

// If the limit cannot be read, the file waits.
func TestWithoutTheLimitNothingIsSent(t *testing.T) {
	each(t, func(h *harness) {
		h.must(h.rename("limit_rates", "limit_rates_away"))
		h.finish("u1", picture(991), media.PurposeMessage)
		h.relay()
		h.await("u1", "the provider", func(u library.Upload) bool { return u.State == library.StateRelaying })
		<-time.After(300 * time.Millisecond) // nothing tells of a request that is not made
		h.wantCalls(sandbox.OpUploadMedia, 0)
		h.must(h.rename("limit_rates_away", "limit_rates"))
		h.awaitState("u1", library.StateDone)
	})
}
