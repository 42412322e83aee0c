package dialog360_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"mediarelay/internal/media"
	"mediarelay/internal/provider"
	"mediarelay/internal/provider/dialog360"
	"mediarelay/internal/provider/providertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestProvider(t *testing.T) {
	providertest.Run(t, func(c providertest.Connection) providertest.Harness {
		http := provider.NewHTTPClient()
		t.Cleanup(http.CloseIdleConnections)
		client := dialog360.New(dialog360.Config{BaseURL: c.BaseURL, APIKey: c.Key, HTTPClient: http})
		return providertest.Harness{
			Uploader: client, Sessions: client, Library: client, Messages: client, Describer: client, Pictures: client,
		}
	})
}

// recorded is a request as it stood on the wire.
type recorded struct {
	line   string
	header http.Header
	body   []byte
}

// record answers every request with the same text and keeps the last.
func record(t *testing.T, answer string) (*dialog360.Client, *recorded) {
	t.Helper()
	var last recorded
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		last = recorded{line: r.Method + " " + r.RequestURI, header: r.Header}
		last.body, _ = io.ReadAll(r.Body)
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	return dialog360.New(dialog360.Config{BaseURL: server.URL, APIKey: "key", HTTPClient: server.Client()}), &last
}

// Ids as they were seen in the field: with a query of their own, with the
// base64's padding, with marks that a path would escape.
func TestSessionIDsAreSentVerbatim(t *testing.T) {
	for _, id := range []media.SessionID{
		"upload:MTphdHRhY2htZW50OjY5ZDA1ZjBiLTNjYTYtNDFmNC04YmUwLTY4MmEyYWM3MGVhMD9maWxlX2xlbmd0aD0zMjYzMTEmZmlsZV90eXBlPWltYWdlJTJGcG5n?sig=ARaNq9bKvFd1LJ",
		"upload:MTphdHRhY2htZW50==?sig=AR_a-b%3D==",
		"upload:a+b/c=:d?sig=AR:e&f=%2B+g",
	} {
		object := media.Object{Type: "image/png", Size: 10}
		client, last := record(t, `{"h":"4::aW1hZ2UvcG5n:ARt:e:1795250216:1:2:ARs","file_offset":4}`)
		_, err := client.SendSession(t.Context(), id, provider.Part{Object: object, Offset: 4, Body: strings.NewReader("456789")})
		if want := "POST /" + string(id); err != nil || last.line != want {
			t.Errorf("%s, %v, want %s", last.line, err, want)
		}
		if string(last.body) != "456789" || last.header.Get("File_offset") != "4" || last.header.Get("Content-Length") != "6" {
			t.Errorf("header %v, body %q", last.header, last.body)
		}
		_, err = client.SessionOffset(t.Context(), id)
		if want := "GET /" + string(id); err != nil || last.line != want {
			t.Errorf("%s, %v, want %s", last.line, err, want)
		}
	}
}

// One answer may hold several handles, a line each. They are one text.
func TestSeveralHandlesAreOneText(t *testing.T) {
	client, _ := record(t, `{"h":"4:a:b:c:e:1681000441:1:2:s\n4:a:b:c:e:1681000441:1:2:t\n"}`)
	object := media.Object{Type: "image/png", Size: 1}
	got, err := client.SendSession(t.Context(), "upload:x", provider.Part{Object: object, Body: strings.NewReader("x")})
	if want := media.Handle("4:a:b:c:e:1681000441:1:2:s\n4:a:b:c:e:1681000441:1:2:t\n"); err != nil || got != want {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
}

func TestOpenSessionNamesTheFile(t *testing.T) {
	client, last := record(t, `{"id":"upload:x?sig=AR"}`)
	id, err := client.OpenSession(t.Context(), media.Object{Filename: "Köln & Bonn.png", Type: "image/png", Size: 326311})
	if err != nil || id != "upload:x?sig=AR" {
		t.Errorf("%q, %v", id, err)
	}
	const want = "POST /uploads?file_length=326311&file_name=K-ln-Bonn.png&file_type=image%2Fpng"
	if last.line != want || last.header.Get("D360-API-KEY") != "key" || last.header.Get("Authorization") != "" {
		t.Errorf("%s with %v, want %s", last.line, last.header, want)
	}
}

// The link's host is replaced; its path and query carry a signature and stay.
func TestDownloadReplacesTheHostOfTheLink(t *testing.T) {
	content := []byte("png")
	client, last := record(t, string(content))
	body, err := client.Download(t.Context(), provider.Info{
		URL:  "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1892054061371916&source=getMedia&ext=1757082791&hash=ARm1%2BDw==",
		Size: int64(len(content)), SHA256: "8f5a5e1b1b2b",
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(body)
	_ = body.Close()
	if err == nil || !bytes.Equal(got, content) {
		t.Errorf("%q, %v, want the bytes and an error for their digest", got, err)
	}
	const want = "GET /whatsapp_business/attachments/?mid=1892054061371916&source=getMedia&ext=1757082791&hash=ARm1%2BDw=="
	if last.line != want {
		t.Errorf("%s, want %s", last.line, want)
	}
	if _, err := client.Download(t.Context(), provider.Info{URL: "lookaside"}); err == nil {
		t.Error("a link without a host was followed")
	}
}

// A media ID is data, and never a path.
func TestMediaIDsAreEscaped(t *testing.T) {
	client, last := record(t, `{"success":true}`)
	if err := client.DeleteMedia(t.Context(), "../uploads?x=1"); err != nil {
		t.Error(err)
	}
	if want := "DELETE /..%2Fuploads%3Fx=1"; last.line != want {
		t.Errorf("%s, want %s", last.line, want)
	}
}

func TestConfigCheck(t *testing.T) {
	for _, row := range []struct {
		name   string
		config dialog360.Config
		ok     bool
	}{
		{"the API itself", dialog360.Config{APIKey: "key"}, true},
		{"a sandbox", dialog360.Config{APIKey: "key", BaseURL: "http://127.0.0.1:8081"}, true},
		{"no key", dialog360.Config{}, false},
		{"in clear", dialog360.Config{APIKey: "key", BaseURL: "http://waba-v2.360dialog.io"}, false},
	} {
		if err := row.config.Check(); (err == nil) != row.ok {
			t.Errorf("%s: %v", row.name, err)
		}
	}
}
