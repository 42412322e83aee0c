package intake_test

import (
	"net/http"
	"strings"
	"testing"

	"mediarelay/internal/library"
	"mediarelay/internal/tusproto"
)

// A token's limits apply to every chunk, whichever token created the upload.
func TestATokensLimitsCountForEveryChunk(t *testing.T) {
	h := start(t, nil)
	image, message := pair(tusproto.KeyKind, "image"), pair(tusproto.KeyPurpose, "message")
	for name, c := range map[string]struct {
		path  string
		claim string // that the problem names; empty if the chunk is accepted
	}{
		"within the limits": {h.create(10, image, message), ""},
		"too large":         {h.create(11, image, message), "max_bytes"},
		"another kind":      {h.create(10, pair(tusproto.KeyKind, "video"), message), "kinds"},
		"no kind":           {h.create(10, message), "kinds"},
		"another purpose":   {h.create(10, image, pair(tusproto.KeyPurpose, "message,template")), "purposes"},
	} {
		a := h.do(as("narrow upload", patch(c.path, 0, "hello")))
		if c.claim == "" {
			h.want(a, http.StatusNoContent, "")
			continue
		}
		h.want(a, http.StatusForbidden, "forbidden")
		if !strings.Contains(a.text, "token's "+c.claim+" claim") {
			t.Errorf("%s: the problem does not name %s: %s", name, c.claim, a.text)
		}
		h.wantOffset(c.path, 0)
	}
}

// A token that created an upload without a kind may send its bytes.
func TestANarrowedTokenSendsWhatItCreated(t *testing.T) {
	h := start(t, nil)
	r := as("narrow upload", creation(5))
	a := h.want(h.do(r), http.StatusCreated, "")
	path := strings.TrimPrefix(a.header.Get("Location"), h.url)
	h.want(h.do(as("narrow upload", patch(path, 0, "hello"))), http.StatusNoContent, "")
	h.wantState(path, library.StateChecking)
}

// A token whose limits exclude an upload may still ask for it and cancel it, but does not
// interrupt the request that sends it.
func TestATokensLimitsInterruptNothing(t *testing.T) {
	h := start(t, nil)
	path := h.create(11)
	conn := h.stalled(path, "hel")
	h.want(h.do(as("narrow upload", patch(path, 3, "lo"))), http.StatusForbidden, "forbidden")
	h.must(conn.Close())
	h.want(h.do(as("narrow upload", head(path))), http.StatusOK, "")
	h.want(h.do(as("narrow upload", request{method: http.MethodDelete, path: path})), http.StatusNoContent, "")
}

func TestSupportReachesEveryUploadOfTheChannel(t *testing.T) {
	h := start(t, nil)
	path := h.create(5)
	support := "acme/sue uploads:any"
	h.want(h.do(as(support, head(path))), http.StatusOK, "")
	h.want(h.do(as(support, patch(path, 0, "hel"))), http.StatusNoContent, "")
	h.want(h.do(as(support, request{method: http.MethodDelete, path: path})), http.StatusNoContent, "")
}

func TestAKeyCountsForItsSubjectOnly(t *testing.T) {
	h := start(t, nil)
	path := h.create(5, key)
	a := h.want(h.do(as("acme/bob upload", creation(5, key))), http.StatusCreated, "")
	other := strings.TrimPrefix(a.header.Get("Location"), h.url)
	if other == path || a.header.Get("Upload-Offset") == "5" {
		t.Fatalf("bob's creation was answered with ana's upload %s", path)
	}
	h.want(h.do(patch(path, 0, "hello")), http.StatusNoContent, "")
	h.want(h.do(as("acme/bob upload", patch(other, 0, "HELLO"))), http.StatusNoContent, "")
	for path, content := range map[string]string{path: "hello", other: "HELLO"} {
		if u := h.upload(path); u.SHA256 != digestOf(content) {
			t.Errorf("%s has digest %s, want that of %s", path, u.SHA256, content)
		}
	}
	h.wantRelays(2)
}
