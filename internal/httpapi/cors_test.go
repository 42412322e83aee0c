package httpapi_test

import (
	"strings"
	"testing"

	"mediarelay/internal/httpapi"
)

const portal = "https://portal.example.com"

func withPortal(c *httpapi.Config) { c.AllowedOrigins = []string{portal} }

func TestOnlyExactOriginsAreAllowed(t *testing.T) {
	w := newWorld(t, withPortal)
	for _, tt := range []struct {
		origin  string
		allowed bool
	}{
		{portal, true},
		{"https://portal.example.com.evil.test", false},
		{"https://evil.test/?https://portal.example.com", false},
		{"http://portal.example.com", false},
		{"https://portal.example.com:8443", false},
		{"https://Portal.example.com", false},
		{"https://portal.example.com.", false},
		{"https://xportal.example.com", false},
		{"null", false},
	} {
		t.Run(tt.origin, func(t *testing.T) {
			preflight := w.ask("OPTIONS", "/files/", "", "Origin: "+tt.origin,
				"Access-Control-Request-Method: POST", "Access-Control-Request-Headers: tus-resumable")
			call := w.ask("GET", "/v1/assets", "ada", "Origin: "+tt.origin)
			if !tt.allowed {
				wantProblem(t, preflight, 403, "forbidden")
				if got := call.Header.Get("Access-Control-Allow-Origin"); got != "" {
					t.Errorf("the response allows the origin %q", got)
				}
				return
			}
			if preflight.StatusCode != 204 || preflight.Header.Get("Access-Control-Allow-Origin") != tt.origin {
				t.Errorf("preflight: %d %v", preflight.StatusCode, preflight.Header)
			}
			if call.Header.Get("Access-Control-Allow-Origin") != tt.origin || call.StatusCode != 200 {
				t.Errorf("call: %d %v", call.StatusCode, call.Header)
			}
		})
	}
}

func TestHeadersAndMethodsThatCORSAllows(t *testing.T) {
	w := newWorld(t, withPortal)
	preflight := w.ask("OPTIONS", "/v1/uploads/x/retry", "", "Origin: "+portal, "Access-Control-Request-Method: POST")
	wantWords(t, preflight.Header.Get("Access-Control-Allow-Methods"), "GET", "HEAD", "POST", "PATCH", "DELETE")
	wantWords(t, preflight.Header.Get("Access-Control-Allow-Headers"), "Authorization", "Content-Type",
		"Tus-Resumable", "Upload-Length", "Upload-Offset", "Upload-Metadata", "Upload-Checksum", "Upload-Defer-Length", "Upload-Concat", "Last-Event-Id")
	if age := preflight.Header.Get("Access-Control-Max-Age"); age != "7200" {
		t.Errorf("max age %s, want 7200 s", age)
	}
	if preflight.Header.Get("Access-Control-Allow-Credentials") != "" {
		t.Error("credentials are allowed")
	}
	call := w.ask("GET", "/v1/assets", "", "Origin: "+portal)
	wantProblem(t, call, 401, "unauthorized")
	wantWords(t, call.Header.Get("Access-Control-Expose-Headers"), "Location", "Upload-Offset", "Upload-Length",
		"Upload-Expires", "Tus-Resumable", "Tus-Max-Size", "Tus-Version", "Tus-Extension", "Tus-Checksum-Algorithm")
	wantWords(t, strings.Join(call.Header.Values("Vary"), ","), "Origin")
}

func TestNoCORSHeadersWithoutAllowedOrigins(t *testing.T) {
	r := newWorld(t, nil).ask("GET", "/v1/assets", "ada", "Origin: "+portal)
	for name := range r.Header {
		if strings.HasPrefix(name, "Access-Control-") {
			t.Errorf("%s: %v", name, r.Header[name])
		}
	}
}

func wantWords(t *testing.T, list string, want ...string) {
	t.Helper()
	have := map[string]bool{}
	for _, word := range strings.Split(list, ",") {
		have[strings.ToLower(strings.TrimSpace(word))] = true
	}
	for _, word := range want {
		if !have[strings.ToLower(word)] {
			t.Errorf("%s is missing in %q", word, list)
		}
	}
}
