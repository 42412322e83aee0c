package intake_test

import (
	"slices"
	"sync"
	"testing"

	"mediarelay/internal/intake"
	"mediarelay/internal/library"
)

// arrivals collects what intake reports.
type arrivals struct {
	mu  sync.Mutex
	ids []string
}

func (a *arrivals) Arrived(u library.Upload) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ids = append(a.ids, u.ID)
}

func (a *arrivals) all() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.ids)
}

func TestCreationsAndChunksAreReportedAsArrivals(t *testing.T) {
	heard := &arrivals{}
	h := start(t, func(c *intake.Config) { c.Arrivals = heard })
	path := h.create(10)
	id := idOf(path)
	if got := heard.all(); !slices.Equal(got, []string{id}) {
		h.Errorf("after the creation: %q, want %q", got, id)
	}
	h.want(h.do(patch(path, 0, "12345")), 204, "")
	h.want(h.do(patch(path, 5, "67890")), 204, "")
	if got := heard.all(); !slices.Equal(got, []string{id, id, id}) {
		h.Errorf("after two chunks: %q, want %q each time", got, id)
	}
	h.want(h.do(head(path)), 200, "")
	if got := heard.all(); len(got) != 3 {
		h.Errorf("a HEAD is an arrival: %q", got)
	}
}
