package relay_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/reason"
	"mediarelay/internal/relay"
	"mediarelay/internal/sandbox"
)

// rejected are answers of a provider that rejects the account.
//
// Source: docs.360dialog.com, API error message list.
var rejected = map[string]sandbox.Fault{
	"401": answered(401, `{"meta":{"success":false,"http_code":401,"developer_message":"Invalid api_key","360dialog_trace_id":"TOZ"}}`),
	"403": answered(403, `{"meta":{"success":false,"http_code":403,"developer_message":"The endpoint is blocked","360dialog_trace_id":"TOZ"}}`),
}

// The channel pauses, every waiting upload says why, no attempt is lost or counted,
// and another key resumes them all without a restart.
func TestARejectedAccountPausesItsChannelUntilTheKeyChanges(t *testing.T) {
	for name, answer := range rejected {
		t.Run(name, func(t *testing.T) {
			each(t, func(h *harness) {
				const uploads = 20
				h.freeze()
				h.script(sandbox.OpUploadMedia, answer)
				h.config.PerChannel, h.config.Workers = 1, 1
				r := relay.New(h.config)
				h.run(r.Run)
				for i := range uploads {
					h.finish(fmt.Sprintf("u%d", i), picture(400+i), media.PurposeMessage)
				}
				for i := range uploads {
					id := fmt.Sprintf("u%d", i)
					u := h.await(id, "the channel's problem", func(u library.Upload) bool { return u.Problem != nil })
					if u.Problem.Reason.Code != reason.ProviderAccount || !u.Problem.Retryable || !strings.Contains(u.Problem.Detail, "TOZ") || u.State.Ended() {
						h.Fatalf("%s: %s, %+v", id, u.State, u.Problem)
					}
				}
				h.finishIn("other", "quiet", picture(399), media.PurposeMessage)
				h.awaitState("quiet", library.StateDone)
				h.wantCalls(sandbox.OpUploadMedia, 2)
				h.wantMetric("mediarelay_channel_paused", 1)
				h.wantMetric("mediarelay_relays_waiting", uploads)

				h.must(r.Rotate(h.Context(), "acme", h.account(h.url, key)))
				for i := range uploads {
					h.awaitState(fmt.Sprintf("u%d", i), library.StateDone)
				}
				h.wantMetric("mediarelay_channel_paused", 0)
				h.wantCalls(sandbox.OpUploadMedia, 2+uploads)
			})
		})
	}
}

// Without another key the channel is still probed, less and less often: the provider
// may have lifted its block. No upload fails because of it.
func TestAPausedChannelIsProbedByOneRelayAtATime(t *testing.T) {
	each(t, func(h *harness) {
		const refusals = 15 // more than one file has attempts
		for range refusals {
			h.script(sandbox.OpUploadMedia, rejected["401"])
		}
		for i := range 3 {
			h.finish(fmt.Sprintf("u%d", i), picture(430+i), media.PurposeMessage)
		}
		defer h.skipTime()()
		h.relay()
		for i := range 3 {
			h.awaitState(fmt.Sprintf("u%d", i), library.StateDone)
		}
		h.wantCalls(sandbox.OpUploadMedia, refusals+3)
		h.wantMetric("mediarelay_channel_paused", 0)
	})
}

// Five failures in a row, of whatever files, pause the channel.
func TestRepeatedFailuresPauseTheChannel(t *testing.T) {
	each(t, func(h *harness) {
		for range 5 {
			h.script(sandbox.OpUploadMedia, answered(503, `{"error":{"message":"unavailable","code":131016}}`))
		}
		h.config.PerChannel, h.config.Workers = 1, 1
		paused := false
		h.config.Providers["acme"] = watch{h.config.Providers["acme"], func() {
			paused = paused || h.metric("mediarelay_channel_paused") == 1
		}}
		for i := range 10 {
			h.finish(fmt.Sprintf("u%d", i), picture(440+i), media.PurposeMessage)
		}
		stop := h.relay()
		for i := range 10 {
			h.awaitState(fmt.Sprintf("u%d", i), library.StateDone)
		}
		stop()
		if !paused {
			h.Error("the channel was never paused")
		}
		h.wantMetric("mediarelay_channel_paused", 0)
	})
}

// A restart is how some operators bring another key.
func TestARestartResetsARejectedChannel(t *testing.T) {
	each(t, func(h *harness) {
		h.script(sandbox.OpUploadMedia, rejected["401"])
		h.freeze()
		stop := h.relay()
		h.finish("u1", picture(460), media.PurposeMessage)
		h.awaitProblem("u1")
		stop()
		h.relay()
		h.awaitState("u1", library.StateDone)
	})
}

// Failures of the old key say nothing about the new one.
func TestAFailureOfTheOldKeyDoesNotPauseTheChannel(t *testing.T) {
	each(t, func(h *harness) {
		hold, reached := make(chan struct{}), make(chan struct{})
		h.script(sandbox.OpUploadMedia, rejected["401"])
		h.config.Providers["acme"] = watch{h.config.Providers["acme"], func() { close(reached); <-hold }}
		r := relay.New(h.config)
		h.run(r.Run)
		h.finish("u1", picture(470), media.PurposeMessage)
		<-reached
		h.must(r.Rotate(h.Context(), "acme", h.account(h.url, key)))
		close(hold)
		h.awaitState("u1", library.StateDone)
		h.wantCalls(sandbox.OpUploadMedia, 2)
		var stops int
		h.must(h.db.Read().QueryRowContext(h.Context(), "SELECT COUNT(*) FROM circuits").Scan(&stops))
		if stops != 0 {
			h.Error("the new key's channel was paused")
		}
	})
}

// What pauses a channel that serves other files may be the file itself: its attempts
// count.
func TestAFileThatPausesItsChannelOverAndOverFails(t *testing.T) {
	const attempts, most = 12, 100 // a bound for a file that never ends
	each(t, func(h *harness) {
		server := httptest.NewServer(refuse("bad.jpg", h.sandbox))
		h.Cleanup(server.Close)
		h.config.Providers["acme"] = h.account(server.URL, key)
		stops := 0
		h.config.Providers["acme"] = watch{h.config.Providers["acme"], func() {
			stops += int(h.metric("mediarelay_channel_paused"))
		}}
		h.config.PerChannel, h.config.Workers = 1, 1
		defer h.skipTime()()
		stop := h.relay()
		h.finish("bad", picture(900), media.PurposeMessage)
		h.awaitProblem("bad")
		var bad library.Upload
		for n := 0; n < most && !bad.State.Ended(); n++ {
			id := fmt.Sprintf("u%d", n)
			h.finish(id, picture(901+n), media.PurposeMessage)
			h.awaitState(id, library.StateDone)
			u, err := h.library.UploadByID(h.Context(), "bad")
			h.must(err)
			bad = u
		}
		stop()
		if bad.State != library.StateFailed || bad.Problem.Reason.Code != reason.ProviderAccount || !bad.Problem.Retryable {
			h.Errorf("%s, %+v, want it failed because of the account, and retryable", bad.State, bad.Problem)
		}
		if stops < attempts-1 {
			h.Errorf("%d requests to a paused channel, want one after each of %d pauses", stops, attempts-1)
		}
	})
}

// refuse answers as to a wrong key where a body holds a text.
func refuse(text string, others http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || bytes.Contains(body, []byte(text)) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		others.ServeHTTP(w, r)
	})
}

// Every start tries the key again. However many there are, a rejected account costs
// no file an attempt.
func TestRestartsWithARejectedAccountCountNoAttempts(t *testing.T) {
	const restarts = 15 // more than one file has attempts
	each(t, func(h *harness) {
		h.freeze()
		for n := range restarts {
			refused := h.sandbox.Faults().Add(sandbox.OpUploadMedia, rejected["401"])
			stop := h.relay()
			if n == 0 {
				h.finish("u1", picture(465), media.PurposeMessage)
			}
			h.awaitFired(refused)
			h.until("the channel's pause", func() bool { return h.metric("mediarelay_channel_paused") == 1 })
			stop()
		}
		h.relay()
		h.awaitState("u1", library.StateDone)
		h.wantCalls(sandbox.OpUploadMedia, restarts+1)
	})
}

// A channel's state holds no secret.
func TestAChannelsStateHoldsNoSecret(t *testing.T) {
	each(t, func(h *harness) {
		h.script(sandbox.OpUploadMedia, sandbox.Answer(http.StatusUnauthorized, nil, `{"message":"Invalid api_key `+key+`"}`))
		h.config.Poll = time.Hour
		h.relay()
		h.finish("u1", picture(480), media.PurposeMessage)
		h.awaitProblem("u1")
		var problem string
		h.must(h.db.Read().QueryRowContext(h.Context(), "SELECT problem FROM circuits").Scan(&problem))
		if strings.Contains(problem, key) || !strings.Contains(problem, "Invalid api_key") {
			h.Errorf("the channel's state holds %q", problem)
		}
	})
}

// watch is a provider that does something before each upload.
type watch struct {
	relay.Provider
	before func()
}

func (w watch) UploadMedia(ctx context.Context, o media.Object, body io.Reader) (media.MediaID, error) {
	w.before()
	return w.Provider.UploadMedia(ctx, o, body)
}
