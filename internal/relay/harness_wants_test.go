package relay_test

import (
	"context"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/sandbox"
)

// anySubject finds every upload of the channel acme.
var anySubject = library.Caller{Channel: "acme", AnySubject: true}

// end checks after every test that each scripted fault fired, and that the provider has
// the bytes of each upload that is done as they were uploaded.
func (h *harness) end() {
	for _, fault := range h.sandbox.Faults().Unfired() {
		h.Errorf("this fault was never reached: %s", fault)
	}
	ctx := context.Background()
	done, err := h.library.Ended(ctx, h.clock.Now().Add(time.Hour), library.Cursor{}, 1000)
	h.must(err)
	for _, u := range done {
		if u.State == library.StateDone {
			asset, err := h.library.Asset(ctx, u.Channel, u.AssetID)
			h.must(err)
			h.wantAtProvider(u, asset)
		}
	}
}

func (h *harness) wantAtProvider(u library.Upload, a library.Asset) {
	h.Helper()
	for _, c := range a.Content.Copies {
		if held := h.heldAs(c); held != u.SHA256 {
			h.Errorf("upload %s: the %s is of %q, want %q", u.ID, c.Copy, held, u.SHA256)
		}
	}
	if len(a.Content.Copies) < len(media.Copies(u.Purposes)) {
		h.Errorf("upload %s is done with %+v", u.ID, a.Content.Copies)
	}
}

// heldAs is the digest of the bytes that the provider has under a copy's value.
func (h *harness) heldAs(c library.Copy) string {
	if c.Copy == media.CopyMediaID {
		held, _ := h.sandbox.Media(media.MediaID(c.Value))
		return held.SHA256
	}
	for _, held := range h.sandbox.Handles() {
		if string(held.Handle) == c.Value {
			return held.SHA256
		}
	}
	return ""
}

func (h *harness) asset(u library.Upload) library.Asset {
	h.Helper()
	a, err := h.library.Asset(h.Context(), u.Channel, u.AssetID)
	h.must(err)
	return a
}

func (h *harness) wantCalls(op sandbox.Op, want int) {
	h.Helper()
	if got := h.sandbox.Calls(op); got != want {
		h.Errorf("%s was called %d times, want %d", op, got, want)
	}
}

// metric is the sum of a metric over its labels, or over those with a value.
func (h *harness) metric(name string, label ...string) (sum float64) {
	h.Helper()
	registry := prometheus.NewRegistry()
	h.must(registry.Register(h.metrics))
	families, err := registry.Gather()
	h.must(err)
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		for _, m := range family.GetMetric() {
			if labelled(m.GetLabel(), label) {
				sum += m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
			}
		}
	}
	return sum
}

// labelled reports whether a metric has a label of a name and a value; an empty one
// matches any.
func labelled[L interface {
	GetName() string
	GetValue() string
}](labels []L, want []string) bool {
	return len(want) == 0 || slices.ContainsFunc(labels, func(l L) bool { return l.GetName() == want[0] && l.GetValue() == want[1] })
}

func (h *harness) wantMetric(name string, want float64) {
	h.Helper()
	if got := h.metric(name); got != want {
		h.Errorf("%s is %v, want %v", name, got, want)
	}
}

func (h *harness) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}
