package intake_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"mediarelay/internal/library"
	"mediarelay/internal/tusproto"
)

// Another person's creation of bytes that the channel has gets them without sending one. The
// upload is relayed as any other, under the name that this person gave.
func TestKnownBytesAreNotSentAgain(t *testing.T) {
	h := start(t, nil)
	first := h.done()
	known := creation(5, pair("key", "bob's"), pair("sha256", digestOf("hello")), pair("filename", "Price list.pdf"))
	known.as = "acme/bob upload assets:read"
	known.headers["Content-Type"] = tusproto.ContentType

	a := h.want(h.do(known), http.StatusCreated, "")
	path := a.header.Get("Location")
	if path == first || a.header.Get(tusproto.HeaderOffset) != "5" {
		t.Fatalf("Location %q, offset %q, want another upload, whole", path, a.header.Get(tusproto.HeaderOffset))
	}
	u := h.wantState(path, library.StateChecking)
	if u.Subject != "bob" || u.Filename != "Price list.pdf" || u.SHA256 != digestOf("hello") {
		t.Errorf("got %+v", u)
	}
	h.wantRelays(1)

	again := h.want(h.do(known), http.StatusCreated, "")
	if again.header.Get("Location") != path {
		t.Errorf("a repeated creation has %q, want %q", again.header.Get("Location"), path)
	}
	h.must(h.bytes.Remove(h.Context(), idOf(first)))
	if got := string(h.stored(path)); got != "hello" {
		t.Errorf("without the first upload's file the bytes are %q", got)
	}
}

// Whatever is in the way, the upload is created and its bytes are received.
func TestKnownBytesAreReceivedIfTheyCannotBeUsed(t *testing.T) {
	sha := pair("sha256", digestOf("hello"))
	for name, tt := range map[string]struct {
		as       string
		length   int
		plain    bool
		metadata []tusproto.Pair
		damage   func(h *harness, path string)
	}{
		"another channel":         {as: "other/bob upload assets:read", metadata: []tusproto.Pair{sha, pair("key", "k")}},
		"no access to the assets": {as: "acme/bob upload", metadata: []tusproto.Pair{sha, pair("key", "k")}},
		"no key":                  {metadata: []tusproto.Pair{sha}},
		"a plain creation":        {plain: true, metadata: []tusproto.Pair{sha, pair("key", "k")}},
		"no digest":               {metadata: []tusproto.Pair{pair("key", "k")}},
		"another length":          {length: 6, metadata: []tusproto.Pair{sha, pair("key", "k")}},
		"another digest":          {metadata: []tusproto.Pair{pair("sha256", digestOf("world")), pair("key", "k")}},
		"damaged bytes": {metadata: []tusproto.Pair{sha, pair("key", "k")}, damage: func(h *harness, path string) {
			h.must(os.WriteFile(filepath.Join(h.bytes.Path(), idOf(path)), []byte("jello"), 0o600))
		}},
		"lost bytes": {metadata: []tusproto.Pair{sha, pair("key", "k")}, damage: func(h *harness, path string) {
			h.must(h.bytes.Remove(h.Context(), idOf(path)))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			h := start(t, nil)
			first := h.done()
			if tt.damage != nil {
				tt.damage(h, first)
			}
			r := creation(max(5, tt.length), tt.metadata...)
			if !tt.plain {
				r.headers["Content-Type"] = tusproto.ContentType
			}
			if r.as = tt.as; r.as == "" {
				r.as = "acme/bob upload assets:read"
			}
			path := h.want(h.do(r), http.StatusCreated, "").header.Get("Location")
			if u := h.wantState(path, library.StateUploading); u.ID == idOf(first) {
				t.Error("the creation returns another person's upload")
			}
			if offset, err := h.bytes.Offset(h.Context(), idOf(path)); err != nil || offset != 0 {
				t.Errorf("offset %d, %v, want 0", offset, err)
			}
		})
	}
}
