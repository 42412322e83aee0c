package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"mediarelay/internal/database"
	"mediarelay/internal/database/databasetest"
	"mediarelay/internal/httpapi"
	"mediarelay/internal/store"
)

// assetWorld is a server with one asset: the text "hello" under the name page.html, which
// ada gave it.
type assetWorld struct {
	*feedWorld
	bytes *store.Folder
	path  string
}

func eachAsset(t *testing.T, test func(w *assetWorld)) {
	t.Helper()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		folder, err := store.OpenFolder(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		w := &assetWorld{feedWorld: newFeedWorld(t, db, func(c *httpapi.Config) { c.Bytes = folder }), bytes: folder}
		w.must(folder.Create(t.Context(), "page.html"))
		_, err = folder.Append(t.Context(), "page.html", 0, strings.NewReader("hello"))
		w.must(err)
		w.path = "/v1/assets/" + w.add("page.html", "ada")
		test(w)
	})
}

// add relays an upload of a subject, and returns the ID of its asset.
func (w *assetWorld) add(name, subject string) string {
	w.t.Helper()
	w.begin(name, "acme", subject)
	w.finish(name)
	w.relay(name)
	u, err := w.UploadByID(w.t.Context(), name)
	w.must(err)
	return u.AssetID
}

func (w *assetWorld) patch(token, path, body string) response {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodPatch, w.url+path, strings.NewReader(body))
	w.must(err)
	r.Header.Set("Authorization", "Bearer "+token)
	return w.send(r)
}

// Whatever a file is, a browser saves it and never runs it.
func TestContentIsAnAttachment(t *testing.T) {
	eachAsset(t, func(w *assetWorld) {
		r := w.ask("GET", w.path+"/content", "reader")
		if r.StatusCode != http.StatusOK || r.body != "hello" {
			t.Fatalf("%d %q", r.StatusCode, r.body)
		}
		for name, want := range map[string]string{
			"Content-Disposition": "attachment; filename=page.html", "X-Content-Type-Options": "nosniff",
			"Content-Security-Policy": "sandbox; default-src 'none'", "Accept-Ranges": "bytes", "Cache-Control": "private, no-cache",
		} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		etag := r.Header.Get("ETag")
		for _, tt := range []struct {
			header, body string
			status       int
		}{
			{"Range: bytes=1-3", "ell", http.StatusPartialContent},
			{"Range: bytes=9-", "", http.StatusRequestedRangeNotSatisfiable},
			{"If-None-Match: " + etag, "", http.StatusNotModified},
		} {
			r := w.ask("GET", w.path+"/content", "reader", tt.header)
			if r.StatusCode != tt.status || tt.body != "" && r.body != tt.body {
				t.Errorf("%s: %d %q, want %d %q", tt.header, r.StatusCode, r.body, tt.status, tt.body)
			}
		}
		if r := w.ask("HEAD", w.path+"/content", "reader"); r.StatusCode != http.StatusOK || r.ContentLength != 5 || r.body != "" {
			t.Errorf("HEAD: %d, length %d, %q", r.StatusCode, r.ContentLength, r.body)
		}
		wantProblem(t, w.ask("GET", w.path+"/content", "stranger"), http.StatusNotFound, "not_found")
		wantProblem(t, w.ask("GET", w.path+"/content", "uploader"), http.StatusForbidden, "forbidden_scope")
		w.must(w.bytes.Remove(t.Context(), "page.html"))
		wantProblem(t, w.ask("GET", w.path+"/content", "reader"), http.StatusGone, "gone")
	})
}

func TestAnAssetGetsAnotherNameAndTags(t *testing.T) {
	eachAsset(t, func(w *assetWorld) {
		got := w.patch("writer", w.path, `{"filename": "Price list.pdf", "tags": ["Spring", "A/B test", "Spring", " "]}`).json(t)
		if got["filename"] != "Price list.pdf" || len(got["tags"].([]any)) != 2 {
			t.Errorf("got %v", got)
		}
		for text, want := range map[string]int{"price": 1, "SPRING": 1, "a/b": 1, "page": 0} {
			items := w.ask("GET", "/v1/assets?q="+text, "reader").json(t)["items"].([]any)
			if len(items) != want {
				t.Errorf("a search for %q finds %d, want %d", text, len(items), want)
			}
		}
		got = w.patch("writer", w.path, `{"tags": []}`).json(t)
		if got["filename"] != "Price list.pdf" || len(got["tags"].([]any)) != 0 {
			t.Errorf("without tags: %v", got)
		}
		wantProblem(t, w.patch("reader", w.path, `{"tags": []}`), http.StatusForbidden, "forbidden_scope")
		wantProblem(t, w.patch("writer", "/v1/assets/none", `{"tags": []}`), http.StatusNotFound, "not_found")
	})
}

// The event stream hears of another name.
func TestAnotherNameIsAnEvent(t *testing.T) {
	eachAsset(t, func(w *assetWorld) {
		reader := w.follow("ada")
		for told(t, reader.nextState()) != "ready" {
			continue
		}
		w.patch("writer", w.path, `{"filename": "renamed.txt"}`)
		if e := reader.nextState(); told(t, e) != "asset renamed.txt" {
			t.Errorf("got %v", e)
		}
	})
}

func TestInvalidChangesOfAnAsset(t *testing.T) {
	eachAsset(t, func(w *assetWorld) {
		for body, want := range map[string]string{
			``: "JSON object", `[]`: "JSON object", `{"name": "x"}`: "JSON object", `{}`: "send filename or tags", `{"filename": ""}`: "filename must be",
			`{"filename": "folder/"}`: "filename must be", `{"filename": "` + strings.Repeat("x", 300) + `"}`: "filename must be",
			`{"tags": ["` + strings.Repeat("x", 65) + `"]}`: "each of tags", `{"tags": 5}`: "JSON object",
		} {
			r := w.patch("writer", w.path, body)
			wantProblem(t, r, http.StatusBadRequest, "bad_request")
			if !strings.Contains(r.body, want) {
				t.Errorf("%.40q: %s, want %q", body, r.body, want)
			}
		}
	})
}
