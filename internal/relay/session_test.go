package relay_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"mediarelay/internal/library"
	"mediarelay/internal/limit"
	"mediarelay/internal/media"
	"mediarelay/internal/sandbox"
)

// sessionFault is what goes wrong in an upload session, and how many requests it costs.
// In the end there is one handle, of the file's own bytes.
type sessionFault struct {
	name                  string
	open, send, ask       []sandbox.Fault
	opens, sends, offsets int
}

const noObject = `{"error":{"message":"Unsupported post request. Object with ID 'upload' does not exist","code":100,"error_subcode":33}}`

var sessionFaults = []sessionFault{
	{name: "nothing", opens: 1, sends: 1},
	{
		name: "C3 reset in the body", opens: 1, sends: 2, offsets: 1,
		send: []sandbox.Fault{sandbox.ResetAfter(100_000)},
	},
	{
		name: "C3 reset after the body", opens: 2, sends: 2, offsets: 1, // the handle is gone with its answer
		send: []sandbox.Fault{sandbox.LoseAnswer()},
	},
	{
		name: "C5 a rate limit leaves the session", opens: 1, sends: 3, offsets: 2,
		send: []sandbox.Fault{sandbox.RateLimit(), sandbox.RateLimit()},
	},
	{
		name: "C8 the session opens at the third try", opens: 3, sends: 1,
		open: []sandbox.Fault{sandbox.HTML(502), sandbox.HTML(503)},
	},
	{
		name: "C8 two breaks of one session", opens: 2, sends: 3, offsets: 1,
		send: []sandbox.Fault{sandbox.HTML(502), sandbox.HTML(502)},
	},
	{
		name: "C9 200 without a handle", opens: 1, sends: 2, offsets: 1,
		send: []sandbox.Fault{answered(200, `{}`)},
	},
	{
		name: "C9 206, as Meta's sibling protocol answers a part", opens: 1, sends: 2, offsets: 1,
		send: []sandbox.Fault{answered(206, `{"debug_info":{"retriable":true,"type":"PartialRequestError","message":"Partial request"}}`)},
	},
	{
		name: "C13 412", opens: 1, sends: 2, offsets: 1,
		send: []sandbox.Fault{answered(412, `{"debug_info":{"retriable":true,"type":"OffsetInvalidError","message":"Request starting offset is invalid"}}`)},
	},
	{
		name: "C13 an offset as a text", opens: 1, sends: 2, offsets: 1,
		send: []sandbox.Fault{sandbox.ResetAfter(0)}, ask: []sandbox.Fault{answered(200, `{"file_offset":"0"}`)},
	},
	{
		name: "C13 an offset that is not the session's", opens: 2, sends: 3, offsets: 1,
		send: []sandbox.Fault{sandbox.ResetAfter(0)}, ask: []sandbox.Fault{answered(200, `{"file_offset":1000}`)},
	},
	{
		name: "C13 an offset beyond the end", opens: 2, sends: 2, offsets: 1,
		send: []sandbox.Fault{sandbox.ResetAfter(100_000)}, ask: []sandbox.Fault{answered(200, `{"file_offset":99999999}`)},
	},
	{
		name: "C13 an offset below zero", opens: 2, sends: 2, offsets: 1,
		send: []sandbox.Fault{sandbox.ResetAfter(100_000)}, ask: []sandbox.Fault{answered(200, `{"file_offset":-1}`)},
	},
	{
		name: "C14 404 while sending", opens: 2, sends: 2,
		send: []sandbox.Fault{answered(404, noObject)},
	},
	{
		name: "C14 400 when asked", opens: 2, sends: 2, offsets: 1,
		send: []sandbox.Fault{sandbox.ResetAfter(100_000)}, ask: []sandbox.Fault{answered(400, noObject)},
	},
	{
		name: "C12 a redirect when asked", opens: 1, sends: 2, offsets: 2,
		send: []sandbox.Fault{sandbox.ResetAfter(100_000)}, ask: []sandbox.Fault{sandbox.Redirect(http.StatusPermanentRedirect, "http://127.0.0.1:1/")},
	},
}

func TestFaultsOfSessions(t *testing.T) {
	for i, f := range sessionFaults {
		t.Run(f.name, func(t *testing.T) {
			each(t, func(h *harness) {
				h.script(sandbox.OpOpenSession, f.open...)
				h.script(sandbox.OpSendSession, f.send...)
				h.script(sandbox.OpSessionOffset, f.ask...)
				h.relay()
				content := large(500 + i)
				h.finish("u1", content, media.PurposeTemplate)
				h.awaitState("u1", library.StateDone)
				h.wantCalls(sandbox.OpOpenSession, f.opens)
				h.wantCalls(sandbox.OpSendSession, f.sends)
				h.wantCalls(sandbox.OpSessionOffset, f.offsets)
			})
		})
	}
}

// After four failed reads in an hour no session is asked for its offset: a new session
// each time costs bytes, and a blocked number would cost half an hour.
func TestFailedReadsAreLimitedToFourPerHour(t *testing.T) {
	each(t, func(h *harness) {
		const breaks = 6
		for range breaks {
			h.script(sandbox.OpSendSession, sandbox.ResetAfter(100_000))
		}
		for range 4 {
			h.script(sandbox.OpSessionOffset, answered(404, noObject))
		}
		h.relay()
		for i := range breaks {
			id := fmt.Sprintf("u%d", i)
			h.finish(id, large(540+i), media.PurposeTemplate)
			h.awaitState(id, library.StateDone)
		}
		h.wantCalls(sandbox.OpSessionOffset, 4)
		h.wantCalls(sandbox.OpOpenSession, 2*breaks)
	})
}

// With the hour's reads used up, a session that breaks is replaced. A file whose sessions
// all break costs two sessions an attempt, and fails.
func TestAFileWhoseSessionsAllBreakFails(t *testing.T) {
	each(t, func(h *harness) {
		const sends = 2 * 12
		number := h.config.Providers["acme"].Limits().Number
		for range 4 {
			_, err := h.config.Limits.Try(h.Context(), "get/"+number, limit.Budget{Errors: 4, Window: time.Hour})
			h.must(err)
		}
		for range sends {
			h.script(sandbox.OpSendSession, sandbox.ResetAfter(100_000))
		}
		defer h.skipTime()()
		h.relay()
		h.finish("u1", large(550), media.PurposeTemplate)
		if u := h.awaitState("u1", library.StateFailed); !u.Problem.Retryable {
			h.Errorf("problem %+v, want one that a person may retry", u.Problem)
		}
		h.wantCalls(sandbox.OpSendSession, sends)
		h.wantCalls(sandbox.OpOpenSession, sends)
		h.wantCalls(sandbox.OpSessionOffset, 0)
		h.wantMetric("mediarelay_relay_ambiguous_total", sends-1) // what they had is unknown
	})
}
