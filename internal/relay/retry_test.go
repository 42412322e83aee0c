package relay_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/breaker"
	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/reason"
	"mediarelay/internal/sandbox"
)

// A proxy with too low a size limit is not the file's fault.
func TestAProxysSizeLimitIsNoPermanentFailure(t *testing.T) {
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
		h.must(h.library.RetryUpload(h.Context(), anySubject, "u1"))
		h.awaitState("u1", library.StateDone)
		stop()
	})
}

// A file whose attempts are used up fails, and a person's retry has a new budget.
func TestAfterItsLastAttemptAFileCanBeRetriedByAPerson(t *testing.T) {
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
				h.must(h.library.RetryUpload(h.Context(), anySubject, "u1"))
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

// We wait as long as the provider asks, up to 15 minutes; the row has the time.
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
			circuits, err := breaker.New(h.library).Open(h.Context())
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
