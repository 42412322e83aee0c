package intake_test

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"mediarelay/internal/intake"
	"mediarelay/internal/library"
)

// countedReads counts how often a row of an upload is read.
type countedReads struct {
	intake.Uploads
	reads atomic.Int32
}

func (c *countedReads) UploadByID(ctx context.Context, id string) (library.Upload, error) {
	c.reads.Add(1)
	return c.Uploads.UploadByID(ctx, id)
}

func (c *countedReads) UploadByKey(ctx context.Context, channel, subject, key string) (library.Upload, error) {
	c.reads.Add(1)
	return c.Uploads.UploadByKey(ctx, channel, subject, key)
}

func TestARequestReadsTheRowOnce(t *testing.T) {
	counted := &countedReads{}
	h := start(t, func(c *intake.Config) { counted.Uploads, c.Uploads = c.Uploads, counted })
	path, other := h.create(5), h.create(5)
	for _, c := range []struct {
		name    string
		request request
		status  int
	}{
		{"HEAD", head(path), http.StatusOK},
		{"PATCH", patch(path, 0, "hel"), http.StatusNoContent},
		{"PATCH at the wrong offset", patch(path, 0, "hel"), http.StatusConflict},
		{"PATCH with the wrong type", setting(patch(path, 3, "lo"), "Content-Type", "text/plain"), http.StatusUnsupportedMediaType},
		{"PATCH with the last byte", patch(path, 3, "lo"), http.StatusNoContent},
		{"PATCH of another channel", as("other upload", patch(other, 0, "hello")), http.StatusNotFound},
		{"PATCH of another subject", as("acme/bob upload", patch(other, 0, "hello")), http.StatusNotFound},
		{"PATCH beyond the token's limits", as("narrow upload", patch(h.create(11), 0, "hello")), http.StatusForbidden},
		{"DELETE", request{method: http.MethodDelete, path: other}, http.StatusNoContent},
	} {
		counted.reads.Store(0)
		a := h.do(c.request)
		if reads := counted.reads.Load(); a.status != c.status || reads != 1 {
			t.Errorf("%s: status %d with %d reads, want %d with 1", c.name, a.status, reads, c.status)
		}
	}
}

// strangers are tokens of another channel, and of another subject of the channel.
var strangers = []string{"other upload", "acme/bob upload", "other uploads:any"}

// A stranger must not learn from any answer that an upload exists.
func TestAStrangersUploadIsNotFound(t *testing.T) {
	locks := &fullLocks{}
	h := start(t, func(c *intake.Config) { locks.Leases, c.Leases = c.Leases, locks })
	path := h.create(5)
	for name, r := range map[string]request{
		"no content type":         setting(patch(path, 0, "hello"), "Content-Type", "text/plain"),
		"no offset":               setting(patch(path, 0, "hello"), "Upload-Offset", "x"),
		"the wrong offset":        patch(path, 3, "lo"),
		"beyond its length":       patch(path, 0, "hello world"),
		"an unreadable checksum":  setting(patch(path, 0, "hello"), "Upload-Checksum", "sha256"),
		"an unknown checksum":     setting(patch(path, 0, "hello"), "Upload-Checksum", "md5 XrY7u+Ae7tCTyyK7j1rNww=="),
		"an old version":          setting(patch(path, 0, "hello"), "Tus-Resumable", "0.2.2"),
		"an old version of HEAD":  setting(head(path), "Tus-Resumable", "0.2.2"),
		"a method that is unused": {method: http.MethodGet, path: path},
		"a POST":                  {method: http.MethodPost, path: path},
	} {
		for _, stranger := range strangers {
			for _, locks.full = range []bool{false, true} {
				a := h.do(as(stranger, r))
				if r.method == http.MethodHead {
					a.code = "not_found" // a HEAD response has no body
				}
				if a.status != http.StatusNotFound || a.code != "not_found" || a.header.Get("Upload-Offset") != "" {
					t.Errorf("%s by %s, the database full: %t: %d %s", name, stranger, locks.full, a.status, a.code)
				}
			}
		}
	}
	locks.full = false
	h.wantOffset(path, 0)
}

func TestAStrangerInterruptsNothing(t *testing.T) {
	h := start(t, nil)
	path := h.create(5)
	conn := h.stalled(path, "hel")
	for _, r := range []request{head(path), patch(path, 3, "lo"), {method: http.MethodDelete, path: path}} {
		for _, stranger := range strangers {
			if a := h.do(as(stranger, r)); a.status != http.StatusNotFound {
				t.Errorf("%s by %s: %d, want 404", r.method, stranger, a.status)
			}
		}
	}
	_, err := conn.Write([]byte("lo"))
	h.must(err)
	first := make([]byte, len("HTTP/1.1 204"))
	_, err = conn.Read(first)
	h.must(err)
	if !strings.HasPrefix(string(first), "HTTP/1.1 204") {
		t.Errorf("the upload's own request got %q, want 204", first)
	}
	h.wantState(path, library.StateChecking)
}

func as(claims string, r request) request {
	r.as = claims
	return r
}

func setting(r request, name, value string) request {
	headers := map[string]string{name: value}
	for n, v := range r.headers {
		if n != name {
			headers[n] = v
		}
	}
	r.headers = headers
	return r
}
