package httpapi_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"mediarelay/internal/httpapi"
	"mediarelay/internal/preflight/rulespage"
)

func TestPageSaysWhetherItIsTheSandbox(t *testing.T) {
	plain := newWorld(t, nil).ask("GET", "/", "")
	sandbox := newWorld(t, func(c *httpapi.Config) { c.Sandbox = true }).ask("GET", "/", "")
	if strings.Contains(plain.body, "sandbox") || !strings.Contains(sandbox.body, "sandbox") {
		t.Errorf("plain: %s\nsandbox: %s", plain.body, sandbox.body)
	}
	if plain.Header.Get("Etag") == sandbox.Header.Get("Etag") {
		t.Error("two pages have one ETag")
	}
}

func TestPageShowsTheLimitsOfTheRules(t *testing.T) {
	body := newWorld(t, nil).ask("GET", "/", "").body
	for _, l := range rulespage.Limits("en") {
		if want := "<p>" + l.Kind + " " + l.Size + "</p>"; !strings.Contains(body, want) {
			t.Errorf("%q is not in %s", want, body)
		}
	}
}

func TestHeadersOfEachKindOfResponse(t *testing.T) {
	w := newWorld(t, nil)
	const page = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; worker-src 'self'; " +
		"img-src 'self' blob:; require-trusted-types-for 'script'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'"
	const api = "default-src 'none'; frame-ancestors 'none'"
	const worker = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src *"
	const frame = "default-src 'none'; script-src 'self'; worker-src 'self'; require-trusted-types-for 'script'; " +
		"trusted-types mediarelay; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
	const year, asked = "public, max-age=31536000, immutable", "public, max-age=0, must-revalidate"
	for _, tt := range []struct {
		path, contentType, policy, cache, resources string
	}{
		{"/", "text/html; charset=utf-8", page, "no-cache", ""},
		{"/widget/engine.html", "text/html; charset=utf-8", frame, "no-cache", "cross-origin"},
		{"/widget/media-upload.js", "text/javascript; charset=utf-8", api, asked, "cross-origin"},
		{"/widget/worker-ABCDEFGH.js", "text/javascript; charset=utf-8", worker, year, "cross-origin"},
		{"/widget/upload-worker-ABCDEFGH.js", "text/javascript; charset=utf-8", worker, year, "cross-origin"},
		{"/widget/worker-engine-ABCDEFGH.js", "text/javascript; charset=utf-8", api, year, "cross-origin"},
		{"/widget/mediarelay-0a1b2c3d.wasm", "application/wasm", api, year, "cross-origin"},
		{"/assets/page-ABCDEFGH.css", "text/css; charset=utf-8", api, year, "cross-origin"},
		{"/v1/assets", "application/json; charset=utf-8", api, "no-store", ""},
		{"/nowhere", "application/problem+json", api, "no-store", ""},
		{"/healthz", "text/plain; charset=utf-8", api, "no-store", ""},
	} {
		t.Run(tt.path, func(t *testing.T) {
			h := w.ask("GET", tt.path, "ada").Header
			for name, want := range map[string]string{
				"Content-Type": tt.contentType, "Content-Security-Policy": tt.policy, "Cache-Control": tt.cache,
				"Cross-Origin-Resource-Policy": tt.resources,
				"X-Content-Type-Options":       "nosniff", "Referrer-Policy": "no-referrer",
			} {
				if got := h.Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
		})
	}
}

func TestAcceptEncodingSelectsTheVariant(t *testing.T) {
	w := newWorld(t, nil)
	for accept, want := range map[string]string{
		"":                           "element",
		"br":                         "element in brotli",
		"gzip, deflate, br, zstd":    "element in brotli",
		"gzip":                       "element in gzip",
		"GZIP":                       "element in gzip",
		"br;q=0.5, gzip;q=0.8":       "element in gzip",
		"br;q=0, gzip;q=0":           "element",
		"br;q=0, *":                  "element in gzip",
		"*;q=0.1":                    "element in brotli",
		"identity, br;q=0.5":         "element",
		"identity;q=0.5, br;q=0.6":   "element in brotli",
		"br;q=high, gzip;q=0.1":      "element in gzip",
		"br;q=7, gzip ; q = 0.1":     "element in gzip",
		"deflate":                    "element",
		"brotli, x-gzip":             "element",
		",,;q=1, gzip;level=9, br;q": "element",
	} {
		t.Run(accept, func(t *testing.T) {
			var headers []string
			if accept != "" {
				headers = append(headers, "Accept-Encoding: "+accept)
			}
			r := w.ask("GET", "/widget/media-upload.js", "", headers...)
			if r.body != want {
				t.Errorf("got %q, want %q", r.body, want)
			}
			encoding := map[string]string{"element": "", "element in brotli": "br", "element in gzip": "gzip"}[want]
			if r.Header.Get("Content-Encoding") != encoding || r.Header.Get("Vary") != "Accept-Encoding" {
				t.Errorf("encoding %q, want %q; vary %q", r.Header.Get("Content-Encoding"), encoding, r.Header.Get("Vary"))
			}
			if r.ContentLength != int64(len(want)) {
				t.Errorf("length %d, want %d", r.ContentLength, len(want))
			}
		})
	}
}

func TestAKnownETagIsNotModified(t *testing.T) {
	w := newWorld(t, nil)
	for _, path := range []string{"/", "/widget/media-upload.js"} {
		first := w.ask("GET", path, "", "Accept-Encoding: br")
		again := w.ask("GET", path, "", "Accept-Encoding: br", "If-None-Match: "+first.Header.Get("Etag"))
		if again.StatusCode != 304 || again.body != "" {
			t.Errorf("%s: status %d, %q", path, again.StatusCode, again.body)
		}
	}
	plain, packed := w.ask("GET", "/widget/media-upload.js", ""), w.ask("GET", "/widget/media-upload.js", "", "Accept-Encoding: br")
	if plain.Header.Get("Etag") == packed.Header.Get("Etag") {
		t.Error("two forms have one ETag")
	}
}

func TestPagesOfAnyOriginMayLoadTheElement(t *testing.T) {
	r := newWorld(t, nil).ask("GET", "/widget/media-upload.js", "", "Origin: https://portal.example.com")
	if got := r.Header.Get("Access-Control-Allow-Origin"); got != "*" {
		t.Errorf("a module of another origin needs CORS, got %q", got)
	}
}

// A page isolated by Cross-Origin-Embedder-Policy can start the worker and embed the frame.
func TestEngineIsIsolated(t *testing.T) {
	w := newWorld(t, nil)
	for path, want := range map[string]string{
		"/widget/engine.html": "require-corp", "/widget/worker-ABCDEFGH.js": "require-corp", "/widget/media-upload.js": "",
	} {
		if got := w.ask("GET", path, "").Header.Get("Cross-Origin-Embedder-Policy"); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

func TestOnlyAllowedOriginsEmbedTheEngine(t *testing.T) {
	r := newWorld(t, withPortal).ask("GET", "/widget/engine.html", "")
	if policy := r.Header.Get("Content-Security-Policy"); !strings.HasSuffix(policy, "frame-ancestors 'self' "+portal) {
		t.Errorf("policy: %s", policy)
	}
	if !strings.Contains(r.body, `content="`+portal+`"`) {
		t.Errorf("the page does not know the origins: %s", r.body)
	}
}

func TestPathsThatAreNotServed(t *testing.T) {
	w := newWorld(t, nil)
	for _, path := range []string{
		"/widget/", "/widget", "/widget/media-upload.js.br", "/widget/../index.html", "/widget/..%2Findex.html",
		"/widget//media-upload.js", "/assets/nothing.js", "/index.html", "/engine.html", "/placeholder",
	} {
		t.Run(path, func(t *testing.T) { wantProblem(t, w.ask("GET", path, ""), 404, "not_found") })
	}
}

func TestIncompleteWebFiles(t *testing.T) {
	for name, files := range map[string]fstest.MapFS{
		"no page":                    {"widget/media-upload.js": {}},
		"a page that fails":          {"index.html": {Data: []byte("{{.Nothing}}")}},
		"a page that does not parse": {"index.html": {Data: []byte("{{if")}},
		"no page for the engine":     {"index.html": {Data: []byte("x")}},
		"an engine's page that does not parse": {
			"index.html": {Data: []byte("x")}, "engine.html": {Data: []byte("{{if")},
		},
		"a file of no known type": {
			"index.html": {Data: []byte("x")}, "engine.html": {Data: []byte("x")}, "widget/setup.exe": {Data: []byte("x")},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			w.config.Web = files
			if _, err := httpapi.New(w.config); err == nil {
				t.Error("the server would start")
			}
		})
	}
}
