package relay_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/reason"
	"mediarelay/internal/sandbox"
)

// fault is what goes wrong with POST /media before it succeeds, and how the upload ends.
type fault struct {
	name   string
	faults []sandbox.Fault
	// end is the upload's state; default StateDone.
	end library.State
	// problem is the code of an upload that failed.
	problem reason.Code
	// calls of POST /media; default one more than there are faults.
	calls int
	// ambiguous attempts, and the objects that the provider has in the end; default one
	// object.
	ambiguous, objects int
}

func answered(status int, body string) sandbox.Fault {
	return sandbox.Answer(status, http.Header{"Content-Type": {"application/json"}}, body)
}

func answeredWith(status int, retryAfter string) sandbox.Fault {
	return sandbox.Answer(status, http.Header{"Retry-After": {retryAfter}}, `{"error":{"message":"slow down","code":130429}}`)
}

const (
	refusedType  = `{"error":{"message":"(#100) Param file must be a file with one of the following types","code":100,"fbtrace_id":"AzT"}}`
	refusedMedia = `{"error":{"message":"Media upload error","code":131053,"error_data":{"details":"Unsupported Video"},"fbtrace_id":"AzT"}}`
)

// bomb is 10 MB of zeroes in 10 KB.
func bomb() string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(make([]byte, 10<<20)) // a buffer in memory takes everything
	_ = w.Close()
	return b.String()
}

// Each row is a row of docs/guarantees.md.
var mediaFaults = []fault{
	{name: "C3 reset before the answer's header", faults: []sandbox.Fault{sandbox.ResetAfter(0)}},
	{name: "C3 reset in the body", faults: []sandbox.Fault{sandbox.ResetAfter(100_000)}},
	{name: "C3 reset after the body", faults: []sandbox.Fault{sandbox.LoseAnswer()}, ambiguous: 1, objects: 2},
	{name: "C4 429 without Retry-After", faults: []sandbox.Fault{sandbox.HTML(http.StatusTooManyRequests)}},
	{name: "C4 429 for 2 seconds", faults: []sandbox.Fault{answeredWith(429, "2")}},
	{name: "C5 a rate limit as 400", faults: []sandbox.Fault{sandbox.RateLimit(), sandbox.RateLimit()}},
	{name: "C6 a type that is not taken", faults: []sandbox.Fault{answered(400, refusedType)}, end: library.StateFailed, problem: reason.ProviderRefused},
	{name: "C6 content that is not taken", faults: []sandbox.Fault{answered(400, refusedMedia)}, end: library.StateFailed, problem: reason.ProviderRefused},
	{name: "C8 500 in the API's words", faults: []sandbox.Fault{answered(500, `{"error":{"message":"unavailable","code":131016}}`)}},
	{name: "C8 500 of a gateway", faults: []sandbox.Fault{answered(500, `{"meta":{"http_code":500,"developer_message":"Internal server error"}}`)}, ambiguous: 1},
	{name: "C8 502, 503, 504", faults: []sandbox.Fault{sandbox.HTML(502), sandbox.HTML(503), sandbox.HTML(504)}, ambiguous: 3},
	{name: "C9 cut JSON", faults: []sandbox.Fault{sandbox.TruncatedJSON()}, ambiguous: 1, objects: 2},
	{name: "C9 a page", faults: []sandbox.Fault{sandbox.HTML(200)}, ambiguous: 1},
	{name: "C9 nothing", faults: []sandbox.Fault{answered(200, "")}, ambiguous: 1},
	{name: "C9 no id", faults: []sandbox.Fault{answered(200, "{}")}, ambiguous: 1},
	{name: "C9 an id of another type", faults: []sandbox.Fault{answered(200, `{"id":{"value":1}}`)}, ambiguous: 1},
	{name: "C9 50 MB", faults: []sandbox.Fault{answered(200, `{"id":"`+strings.Repeat("1", 50<<20)+`"}`)}, ambiguous: 1},
	{
		name: "C9 a bomb", ambiguous: 1,
		faults: []sandbox.Fault{sandbox.Answer(200, http.Header{"Content-Encoding": {"gzip"}}, bomb())},
	},
	{name: "C10 refused before the body", faults: []sandbox.Fault{sandbox.EarlyAnswer(400, refusedType)}, end: library.StateFailed, problem: reason.ProviderRefused},
	{name: "C10 unavailable before the body", faults: []sandbox.Fault{sandbox.EarlyAnswer(503, `{"error":{"code":131016}}`)}},
}

func TestFaultsOfPostMedia(t *testing.T) {
	each(t, func(h *harness) {
		h.relay()
		for i, f := range mediaFaults {
			h.run1(fmt.Sprintf("u%d", i), 200+i, f)
		}
	})
}

// run1 sends one file with one row's fault, and leaves the channel as it found it.
func (h *harness) run1(id string, seed int, f fault) {
	h.Helper()
	defer func(t time.Time) { h.Logf("%s: %v", f.name, time.Since(t)) }(time.Now())
	calls, ambiguous, objects := h.sandbox.Calls(sandbox.OpUploadMedia), h.metric("mediarelay_relay_ambiguous_total"), len(h.sandbox.AllMedia())
	h.script(sandbox.OpUploadMedia, f.faults...)
	h.finish(id, large(seed), media.PurposeMessage)
	u := h.await(id, "an end", func(u library.Upload) bool { return u.State.Ended() })
	if f.end == "" {
		f.end, f.calls, f.objects = library.StateDone, len(f.faults)+1, max(1, f.objects)
	} else {
		f.calls = len(f.faults)
	}
	if u.State != f.end || u.State == library.StateFailed && u.Problem.Reason.Code != f.problem {
		h.Errorf("%s: %s, %+v, want %s %s", f.name, u.State, u.Problem, f.end, f.problem)
	}
	if got := h.sandbox.Calls(sandbox.OpUploadMedia) - calls; got != f.calls {
		h.Errorf("%s: %d requests, want %d", f.name, got, f.calls)
	}
	if got := h.metric("mediarelay_relay_ambiguous_total") - ambiguous; got != float64(f.ambiguous) {
		h.Errorf("%s: %v ambiguous, want %d", f.name, got, f.ambiguous)
	}
	if got := len(h.sandbox.AllMedia()) - objects; got != f.objects {
		h.Errorf("%s: the provider has %d objects, want %d", f.name, got, f.objects)
	}
	if unfired := h.sandbox.Faults().Unfired(); len(unfired) > 0 {
		h.Fatalf("%s: not reached: %v", f.name, unfired)
	}
}

// The detail has what operators and the provider's support need, and no key.
func TestARefusalQuotesTheProvider(t *testing.T) {
	each(t, func(h *harness) {
		h.script(sandbox.OpUploadMedia, answered(400, strings.Replace(refusedMedia, "Unsupported Video", "Unsupported Video "+key, 1)))
		h.relay()
		h.finish("u1", picture(4), media.PurposeMessage)
		u := h.awaitState("u1", library.StateFailed)
		for _, want := range []string{"131053", "Unsupported Video", "AzT"} {
			if !strings.Contains(u.Problem.Detail, want) {
				h.Errorf("detail %q does not have %q", u.Problem.Detail, want)
			}
		}
		if strings.Contains(u.Problem.Detail, key) || u.Problem.Retryable {
			h.Errorf("problem %+v, want no key in it and no retry", u.Problem)
		}
		if err := h.library.RetryUpload(h.Context(), anySubject, "u1"); !errors.Is(err, library.ErrFinal) {
			h.Errorf("retried with %v, want library.ErrFinal", err)
		}
	})
}

// A media ID that has expired is replaced while the bytes are kept.
func TestACopyThatExpiredIsReplaced(t *testing.T) {
	each(t, func(h *harness) {
		content := picture(50)
		h.relay()
		h.finish("u1", content, media.PurposeMessage)
		first := h.asset(h.awaitState("u1", library.StateDone))
		h.clock.advance(30 * 24 * time.Hour)
		if _, ok := first.Content.Valid(media.CopyMediaID, h.clock.Now()); ok {
			h.Fatal("the media ID has not expired")
		}
		h.finish("u2", content, media.PurposeMessage)
		second := h.asset(h.awaitState("u2", library.StateDone))
		if first.Content.ID != second.Content.ID || first.Content.Copies[0].Value == second.Content.Copies[0].Value {
			h.Errorf("asset %+v, then %+v, want the same content with another media ID", first, second)
		}
		h.wantCalls(sandbox.OpUploadMedia, 2)
	})
}

var quiet = log.New(io.Discard, "", 0)
