package relay_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/reason"
	"mediarelay/internal/sandbox"
)

// fault is what goes wrong with POST /media before it goes well, and what comes
// of the upload.
type fault struct {
	name   string
	faults []sandbox.Fault
	// end is StateDone where it is not said.
	end library.State
	// problem is the code of an upload that failed.
	problem reason.Code
	// calls of POST /media; one more than there are faults where it is 0.
	calls int
	// ambiguous attempts, and the objects that the provider has in the end; an
	// object is one where it is 0.
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

// Each row is one of docs/guarantees.md.
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

// run1 sends one file through one row, and leaves the channel as it found it.
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

// C6: what operators and the provider's support need is there, and no key.
func TestARefusalTellsOperatorsWhatTheProviderSaid(t *testing.T) {
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
		if err := h.library.RetryUpload(h.Context(), "acme", "u1"); !errors.Is(err, library.ErrFinal) {
			h.Errorf("retried with %v, want that it would be of no use", err)
		}
	})
}

// C6: that something on the way has a bound which is too low is not the file's fault.
func TestAFileThatIsTooLargeOnTheWayFailsForThePresentOnly(t *testing.T) {
	each(t, func(h *harness) {
		for range 4 {
			h.script(sandbox.OpUploadMedia, sandbox.HTML(http.StatusRequestEntityTooLarge))
		}
		h.relay()
		h.finish("u1", picture(4), media.PurposeMessage)
		stop := h.skipTime()
		u := h.awaitState("u1", library.StateFailed)
		if p := u.Problem; p.Reason.Code != reason.ProviderUnavailable || !p.Retryable || p.Detail != "POST /media: HTTP 413: unrecognized response" {
			h.Errorf("problem %+v", p)
		}
		h.wantCalls(sandbox.OpUploadMedia, 4)
		h.must(h.library.RetryUpload(h.Context(), "acme", "u1"))
		h.awaitState("u1", library.StateDone)
		stop()
	})
}

// C8: after its budget a file fails for people to see, and their retry has a new one.
func TestABudgetOfAttemptsEndsInAManualRetry(t *testing.T) {
	for name, c := range map[string]struct{ code, budget int }{
		"trouble that passes": {2, 12}, "an unknown error": {1, 2}, "something that went wrong": {131000, 4},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(h *harness) {
				for range c.budget {
					h.script(sandbox.OpUploadMedia, answered(500, fmt.Sprintf(`{"error":{"message":"try later","code":%d,"fbtrace_id":"AzT"}}`, c.code)))
				}
				h.relay()
				h.finish("u1", picture(4), media.PurposeMessage)
				stop := h.skipTime()
				u := h.awaitState("u1", library.StateFailed)
				if p := u.Problem; p.Reason.Code != reason.ProviderUnavailable || !p.Retryable || !strings.Contains(p.Detail, "AzT") {
					h.Errorf("problem %+v", p)
				}
				h.wantCalls(sandbox.OpUploadMedia, c.budget)
				h.must(h.library.RetryUpload(h.Context(), "acme", "u1"))
				h.awaitState("u1", library.StateDone)
				stop()
			})
		})
	}
}

// skipTime lets a minute pass every 20 ms.
func (h *harness) skipTime() (stop func()) {
	ended := make(chan struct{})
	ticker := time.NewTicker(20 * time.Millisecond)
	go func() {
		for {
			select {
			case <-ended:
				return
			case <-ticker.C:
				h.clock.advance(time.Minute)
			}
		}
	}()
	return func() { ticker.Stop(); close(ended) }
}

// C1: what never reached the provider is sent again, and leaves nothing behind.
func TestAProviderThatCannotBeReached(t *testing.T) {
	refuses := &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "waba-v2.360dialog.io", IsNotFound: true}}
	for _, tt := range []struct {
		name string
		dial func() (net.Conn, error)
	}{
		{"no such host", func() (net.Conn, error) { return nil, refuses }},
		{"refused", func() (net.Conn, error) { return net.Dial("tcp", closedPort(t)) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(h *harness) {
				line := &failing{dial: tt.dial, left: 3}
				h.client.Transport.(*http.Transport).DialContext = line.DialContext
				h.relay()
				h.finish("u1", picture(5), both...)
				p := h.awaitProblem("u1")
				if p.Reason.Code != reason.ProviderUnavailable || p.Reason.Severity == "" || !strings.HasSuffix(p.Detail, ": no response") {
					h.Errorf("problem %+v, want no address in it", p)
				}
				h.awaitState("u1", library.StateDone)
				h.wantMetric("mediarelay_relay_ambiguous_total", 0)
				h.wantCalls(sandbox.OpUploadMedia, 1)
			})
		})
	}
}

// closedPort is an address of this machine where nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// C1: a certificate that is wrong stops the channel, and the key stays here.
func TestAWrongCertificateStopsTheChannel(t *testing.T) {
	each(t, func(h *harness) {
		asked := make(chan struct{}, 100)
		impostor := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked <- struct{}{} }))
		impostor.Config.ErrorLog = quiet
		impostor.StartTLS()
		defer impostor.Close()
		h.client.Transport.(*http.Transport).TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS13}
		h.config.Providers["acme"] = h.account(impostor.URL, key)
		h.relay()
		h.finish("u1", picture(6), media.PurposeMessage)
		if p := h.awaitProblem("u1"); p.Reason.Code != reason.ProviderAccount {
			h.Errorf("problem %+v", p)
		}
		if len(asked) != 0 {
			h.Error("the impostor got a request, and with it the key")
		}
	})
}

// C2: a provider that takes everything and never answers is given up; it may
// have the file.
func TestAProviderThatNeverAnswers(t *testing.T) {
	each(t, func(h *harness) {
		h.client.Transport.(*http.Transport).ResponseHeaderTimeout = 300 * time.Millisecond
		h.script(sandbox.OpUploadMedia, sandbox.Stall())
		h.relay()
		h.finish("u1", picture(7), media.PurposeMessage)
		h.awaitState("u1", library.StateDone)
		h.wantCalls(sandbox.OpUploadMedia, 2)
		h.wantMetric("mediarelay_relay_ambiguous_total", 1)
	})
}

// C4: what the provider asks for is waited for, within reason; the row says when.
func TestRetryAfterIsKept(t *testing.T) {
	each(t, func(h *harness) {
		now := time.Now()
		for i, tt := range []struct {
			header   string
			min, max time.Duration
		}{
			{"120", 2 * time.Minute, 133 * time.Second},
			{now.Add(10 * time.Minute).UTC().Format(http.TimeFormat), 9 * time.Minute, 11*time.Minute + time.Second},
			{"", 0, 2 * time.Second},
			{"315360000", 15 * time.Minute, 15 * time.Minute}, // 10 years
			{"-5", 0, 2 * time.Second},
		} {
			id := fmt.Sprintf("u%d", i)
			frozen := h.freeze()
			h.script(sandbox.OpUploadMedia, answeredWith(429, tt.header))
			h.finish(id, picture(30+i), media.PurposeMessage)
			stop := h.relay()
			h.awaitProblem(id)
			stop()
			circuits, err := h.library.OpenCircuits(h.Context())
			h.must(err)
			if len(circuits) != 1 {
				h.Fatalf("Retry-After %q: circuits %+v", tt.header, circuits)
			}
			for what, at := range map[string]time.Time{"file": h.nextAt(id), "channel": circuits[0].ProbeAt} {
				if wait := at.Sub(frozen); wait < tt.min-time.Millisecond || wait > tt.max {
					h.Errorf("Retry-After %q: the %s waits %v, want %v to %v", tt.header, what, wait, tt.min, tt.max)
				}
			}
			h.must(h.exec("DELETE FROM circuits"))
			h.must(h.exec("DELETE FROM uploads"))
		}
	})
}

// nextAt is when an upload's relay is due.
func (h *harness) nextAt(id string) time.Time {
	h.Helper()
	var at int64
	h.must(h.db.Read().QueryRowContext(h.Context(), "SELECT next_at FROM relays WHERE upload_id = $1", id).Scan(&at))
	return time.UnixMilli(at)
}

// C12: a redirect is an answer and not a way.
func TestAKeyIsNotTakenToAnotherHost(t *testing.T) {
	each(t, func(h *harness) {
		asked := make(chan struct{}, 100)
		thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked <- struct{}{} }))
		defer thief.Close()
		for i, status := range []int{301, 302, 303, 307, 308} {
			h.script(sandbox.OpUploadMedia, sandbox.Redirect(status, thief.URL))
			stop := h.relay()
			id := fmt.Sprintf("u%d", i)
			h.finish(id, picture(40+i), media.PurposeMessage)
			if p := h.awaitProblem(id); p.Reason.Code != reason.ProviderAccount {
				h.Errorf("%d: problem %+v", status, p)
			}
			stop()
			h.must(h.exec("DELETE FROM circuits"))
			h.must(h.exec("DELETE FROM uploads"))
		}
		if len(asked) != 0 {
			h.Error("the other host got a request")
		}
	})
}

// C18: a media ID that has ended is fetched anew while the bytes are kept.
func TestACopyThatEndedIsFetchedAnew(t *testing.T) {
	each(t, func(h *harness) {
		content := picture(50)
		h.relay()
		h.finish("u1", content, media.PurposeMessage)
		first := h.asset(h.awaitState("u1", library.StateDone))
		h.clock.advance(30 * 24 * time.Hour)
		if _, ok := first.Valid(media.CopyMediaID, h.clock.Now()); ok {
			h.Fatal("the media ID has not ended")
		}
		h.finish("u2", content, media.PurposeMessage)
		second := h.asset(h.awaitState("u2", library.StateDone))
		if first.ID != second.ID || first.Copies[0].Value == second.Copies[0].Value {
			h.Errorf("asset %+v, then %+v, want the same with another media ID", first, second)
		}
		h.wantCalls(sandbox.OpUploadMedia, 2)
	})
}

// failing fails the first connections.
type failing struct {
	dial func() (net.Conn, error)
	mu   sync.Mutex
	left int
}

func (f *failing) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.left--; f.left >= 0 {
		return f.dial()
	}
	return new(net.Dialer).DialContext(ctx, network, address)
}

var quiet = log.New(io.Discard, "", 0)
