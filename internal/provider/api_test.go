package provider

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Redirects are restricted for every client, whoever created it: the key is not sent to
// another host, and no write is repeated.
func TestRedirectsDoNotLeakTheKey(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s was sent to another host, with the header %v", r.Method, r.Header)
	}))
	defer elsewhere.Close()
	for name, c := range map[string]struct {
		method, location string
		cause            Cause // empty if it is followed
	}{
		"a read, same host":      {http.MethodGet, "/there", ""},
		"a write, same host":     {http.MethodPost, "/there", CauseAuth},
		"a redirect loop":        {http.MethodGet, "/here", CauseAuth},
		"a read to another host": {http.MethodGet, elsewhere.URL, CauseAuth},
		"another port of it":     {http.MethodGet, strings.Replace(elsewhere.URL, "127.0.0.1", "localhost", 1), CauseAuth},
		"a write to another":     {http.MethodPost, elsewhere.URL, CauseAuth},
	} {
		for _, status := range []int{301, 302, 307, 308} {
			asked := 0
			home := http.NewServeMux()
			home.HandleFunc("/here", func(w http.ResponseWriter, r *http.Request) {
				asked++
				http.Redirect(w, r, c.location, status)
			})
			home.HandleFunc("/there", func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("D360-API-KEY") != canary {
					t.Errorf("%s: it arrived without the key", name)
				}
				_, _ = w.Write([]byte(`{"ok":true}`))
			})
			server := httptest.NewServer(home)
			client := &http.Client{Transport: server.Client().Transport}
			a := NewAPI(APIConfig{BaseURL: server.URL, HTTPClient: client, Header: "D360-API-KEY", Key: canary})
			err := a.Call(t.Context(), Request{Op: c.method + " /here", Method: c.method, Path: "/here"}, &okAnswer{})
			if c.cause == "" && err != nil || c.cause != "" && (err == nil || CauseOf(err) != c.cause) {
				t.Errorf("%s, %d: got %v, want cause %q", name, status, err, c.cause)
			}
			if asked > maxRedirects+1 || client.CheckRedirect != nil {
				t.Errorf("%s, %d: asked %d times; the caller's own client was changed: %t", name, status, asked, client.CheckRedirect != nil)
			}
			server.Close()
		}
	}
}

// The target of a redirect may be a host of an internal network, so only the log has it.
func TestTheTargetOfARedirectIsLoggedOnly(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "https://login.intranet.example/")
		w.WriteHeader(http.StatusFound)
		_, _ = w.Write([]byte(`{"message":"see login.intranet.example"}`))
	}))
	defer server.Close()
	a := NewAPI(APIConfig{BaseURL: server.URL, HTTPClient: server.Client(), Header: "D360-API-KEY", Key: canary})
	err := a.Call(t.Context(), Request{Op: "POST /media", Method: http.MethodPost, Path: "/media"}, &okAnswer{})
	var e *Error
	if !errors.As(err, &e) || !strings.Contains(e.Error(), "intranet") || e.Said() != "POST /media: HTTP 302: unrecognized response" {
		t.Errorf("got %v", err)
	}
}

// A proxy may send anything instead of a few hundred bytes of JSON.
func TestResponsesAreReadUpToALimit(t *testing.T) {
	body, err := readResponse(io.NopCloser(strings.NewReader(strings.Repeat("x", 1<<20))))
	if err != nil || len(body) != maxResponseBytes {
		t.Errorf("read %d bytes, %v, want %d", len(body), err, maxResponseBytes)
	}
}
