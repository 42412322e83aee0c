package sandbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"mediarelay/internal/sandbox"
)

func TestFaultsFireInOrder(t *testing.T) {
	c := start(t, sandbox.Config{})
	c.s.Faults().Add(sandbox.OpUploadMedia, sandbox.Pass())
	c.s.Faults().Add(sandbox.OpUploadMedia, sandbox.HTML(502))
	c.s.Faults().Add(sandbox.OpUploadMedia, sandbox.RateLimit())
	c.s.Faults().Add(sandbox.OpUploadMedia, sandbox.Answer(503, http.Header{"Retry-After": {"7"}}, ""))

	var statuses []int
	for range 5 {
		statuses = append(statuses, c.upload("image/png", []byte("png")).status)
	}
	if want := []int{200, 502, 400, 503, 200}; !slices.Equal(statuses, want) {
		t.Errorf("statuses %v, want %v", statuses, want)
	}
	if left := c.s.Faults().Unfired(); len(left) != 0 {
		t.Errorf("unfired: %v", left)
	}
	if stored := c.s.AllMedia(); len(stored) != 2 {
		t.Errorf("%d objects, want 2: a request with a fault must not reach the API", len(stored))
	}
}

func TestUnfiredFaults(t *testing.T) {
	c := start(t, sandbox.Config{})
	c.s.Faults().Add(sandbox.OpSendMessage, sandbox.LoseAnswer())
	c.s.Faults().Add(sandbox.OpUploadMedia, sandbox.ResetAfter(1<<20))
	if r := c.upload("image/png", []byte("a body that ends before the fault")); r.status != 200 {
		t.Fatalf("HTTP %d", r.status)
	}
	want := []string{"POST /messages: lose the answer", "POST /media: reset after 1048576 bytes"}
	if got := c.s.Faults().Unfired(); !slices.Equal(got, want) {
		t.Errorf("unfired %q, want %q", got, want)
	}
}

// The API processes a request even if its answer is lost.
func TestLostAnswers(t *testing.T) {
	for name, fault := range map[string]sandbox.Fault{
		"lost": sandbox.LoseAnswer(),
		"cut":  sandbox.TruncatedJSON(),
	} {
		t.Run(name, func(t *testing.T) {
			c := start(t, sandbox.Config{})
			c.s.Faults().Add(sandbox.OpUploadMedia, fault)
			body, formType := form(map[string]string{"messaging_product": "whatsapp"}, "image/png", []byte("png"))
			r, err := c.try(http.MethodPost, "/media", http.Header{"Content-Type": {formType}}, body)
			if err == nil && json.Valid(r.body) {
				t.Errorf("the whole answer arrived: %s", r.body)
			}
			if len(c.s.AllMedia()) != 1 || len(c.s.Faults().Unfired()) != 0 {
				t.Errorf("%d objects, unfired %v", len(c.s.AllMedia()), c.s.Faults().Unfired())
			}
		})
	}
}

func TestStallEndsWithClient(t *testing.T) {
	for name, fault := range map[string]sandbox.Fault{
		"after the body": sandbox.Stall(),
		"in the body":    sandbox.StallAfter(10),
	} {
		t.Run(name, func(t *testing.T) {
			c := start(t, sandbox.Config{})
			scripted := c.s.Faults().Add(sandbox.OpUploadMedia, fault)
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				<-scripted.Fired()
				cancel()
			}()
			request, _ := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/media", strings.NewReader(strings.Repeat("x", 100)))
			request.Header.Set("D360-API-KEY", c.key)
			if _, err := c.http.Do(request); !errors.Is(err, context.Canceled) {
				t.Errorf("err = %v, want canceled", err)
			}
		})
	}
}

func TestSlowBodyEarlyAnswerAndRedirect(t *testing.T) {
	c := start(t, sandbox.Config{})
	c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.s.Faults().Add(sandbox.OpUploadMedia, sandbox.Slow(10_000))
	c.s.Faults().Add(sandbox.OpUploadMedia, sandbox.EarlyAnswer(403, "no"))
	c.s.Faults().Add(sandbox.OpUploadMedia, sandbox.Redirect(307, "https://example.com/"))
	for _, want := range []int{200, 403, 307} {
		if r := c.upload("image/png", []byte("png")); r.status != want {
			t.Errorf("HTTP %d, want %d", r.status, want)
		}
	}
	if left := c.s.Faults().Unfired(); len(left) != 0 {
		t.Errorf("unfired: %v", left)
	}
}
