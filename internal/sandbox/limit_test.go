package sandbox_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/sandbox"
)

const rateLimit = "You have exceeded the endpoint rate limit."

func TestTwentyFiveUploadsASecond(t *testing.T) {
	now := newClock()
	c := start(t, sandbox.Config{Now: now.Now, APIKeys: []string{"first", "second"}})
	for i := range 25 {
		if r := c.upload("image/png", []byte("png")); r.status != 200 {
			t.Fatalf("upload %d: HTTP %d, want 200", i+1, r.status)
		}
	}
	refused := c.upload("image/png", []byte("png"))
	if refused.status != 400 || !strings.Contains(string(refused.body), rateLimit) {
		t.Errorf("upload 26: HTTP %d %s, want the rate limit", refused.status, refused.body)
	}
	if r := c.as("second").upload("image/png", []byte("png")); r.status != 200 {
		t.Errorf("upload of another number: HTTP %d, want 200", r.status)
	}
	now.Advance(time.Second)
	if r := c.upload("image/png", []byte("png")); r.status != 200 {
		t.Errorf("a second later: HTTP %d, want 200", r.status)
	}
}

func TestTwentyFailuresBlockRetrieval(t *testing.T) {
	now := newClock()
	c := start(t, sandbox.Config{Now: now.Now})
	id := c.upload("image/png", []byte("png")).text(t, "id")
	fail := func(times int) {
		for range times {
			c.do(http.MethodGet, "/4711", nil, nil)
		}
	}
	status := func() int { return c.do(http.MethodGet, "/"+id, nil, nil).status }

	fail(19)
	now.Advance(time.Hour)
	fail(19)
	if got := status(); got != 200 {
		t.Fatalf("38 failures in more than an hour: HTTP %d, want 200", got)
	}
	fail(1)
	if got := status(); got != 400 {
		t.Fatalf("20 failures within an hour: HTTP %d, want 400", got)
	}
	if r := c.upload("image/png", []byte("png")); r.status != 200 {
		t.Errorf("POST /media during the block: HTTP %d, want 200", r.status)
	}
	now.Advance(30*time.Minute - time.Second)
	if got := status(); got != 400 {
		t.Errorf("after 29:59 of the block: HTTP %d, want 400", got)
	}
	now.Advance(time.Second)
	if got := status(); got != 200 {
		t.Errorf("after 30:00 of the block: HTTP %d, want 200", got)
	}
}
