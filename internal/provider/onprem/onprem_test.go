package onprem_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"mediarelay/internal/media"
	"mediarelay/internal/provider"
	"mediarelay/internal/provider/onprem"
	"mediarelay/internal/provider/providertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestProvider(t *testing.T) {
	providertest.Run(t, func(c providertest.Connection) providertest.Harness {
		http := provider.NewHTTPClient()
		t.Cleanup(http.CloseIdleConnections)
		client := onprem.New(onprem.Config{BaseURL: c.BaseURL, APIKey: c.Key, HTTPClient: http})
		return providertest.Harness{
			Uploader: client, Sessions: client, Library: client, Messages: client, Nameless: true,
		}
	})
}

// The file is the body itself, under its type; the API wants Opus to be named.
func TestUploadIsARawBody(t *testing.T) {
	for mediaType, want := range map[string]string{
		"image/jpeg": "image/jpeg",
		"audio/ogg":  "audio/ogg; codecs=opus",
	} {
		var line, body string
		var header http.Header
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			sent, _ := io.ReadAll(r.Body)
			line, header, body = r.Method+" "+r.RequestURI, r.Header, string(sent)
			_, _ = io.WriteString(w, `{"media":[{"id":"f043afd0-f0ae-4b9c-ab3d-696fb4c8cd68"}]}`)
		}))
		client := onprem.New(onprem.Config{BaseURL: server.URL, APIKey: "key", HTTPClient: server.Client()})
		id, err := client.UploadMedia(t.Context(), media.Object{Type: mediaType, Size: 5}, strings.NewReader("bytes"))
		server.Close()
		if err != nil || id != "f043afd0-f0ae-4b9c-ab3d-696fb4c8cd68" {
			t.Errorf("%q, %v", id, err)
		}
		if line != "POST /v1/media" || body != "bytes" || header.Get("Content-Type") != want || header.Get("D360-API-KEY") != "key" {
			t.Errorf("%s with %v and %q", line, header, body)
		}
	}
}

// An id is data, and never a path.
func TestMediaIDsAreEscaped(t *testing.T) {
	var line string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		line = r.Method + " " + r.RequestURI
	}))
	defer server.Close()
	client := onprem.New(onprem.Config{BaseURL: server.URL, APIKey: "key", HTTPClient: server.Client()})
	if err := client.DeleteMedia(t.Context(), "../messages?x=1"); err != nil || line != "DELETE /v1/media/..%2Fmessages%3Fx=1" {
		t.Errorf("%s, %v", line, err)
	}
}

func TestConfigCheck(t *testing.T) {
	for _, row := range []struct {
		name   string
		config onprem.Config
		ok     bool
	}{
		{"the API itself", onprem.Config{APIKey: "key"}, true},
		{"no key", onprem.Config{}, false},
		{"in clear", onprem.Config{APIKey: "key", BaseURL: "http://waba.360dialog.io"}, false},
	} {
		if err := row.config.Check(); (err == nil) != row.ok {
			t.Errorf("%s: %v", row.name, err)
		}
	}
}
