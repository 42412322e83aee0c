package dialog360_test

import (
	"encoding/json"
	"errors"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"mediarelay/internal/media"
	"mediarelay/internal/provider"
	"mediarelay/internal/provider/dialog360"
	"mediarelay/internal/sandbox"
)

func summer(handle media.Handle) dialog360.Template {
	return dialog360.Template{
		Name: "summer", Category: "MARKETING", Language: "de", Body: "Grüße",
		Header: dialog360.Header{Format: "IMAGE", Handle: handle},
	}
}

// The handle of a session is the sample of a template's header; a media ID is not.
func TestCreateTemplate(t *testing.T) {
	s, err := sandbox.New(sandbox.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	t.Cleanup(func() { _ = s.Close() })
	client := dialog360.New(dialog360.Config{BaseURL: server.URL, APIKey: sandbox.DemoAPIKey, HTTPClient: server.Client()})

	file := media.Object{Filename: "a.png", Type: "image/png", Size: 3}
	id, err := client.OpenSession(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	handle, err := client.SendSession(t.Context(), id, provider.Part{Object: file, Body: strings.NewReader("png")})
	if err != nil {
		t.Fatal(err)
	}
	state, err := client.CreateTemplate(t.Context(), summer(handle))
	if err != nil || state != "submitted" {
		t.Errorf("%q, %v", state, err)
	}
	want := sandbox.Template{Name: "summer", Category: "MARKETING", Language: "de", Format: "IMAGE", Handle: handle}
	if taken := s.Templates(); len(taken) != 1 || taken[0] != want {
		t.Errorf("taken %+v, want %+v", taken, want)
	}

	_, err = client.CreateTemplate(t.Context(), summer("1094408688491179"))
	var e *provider.Error
	if !errors.As(err, &e) || e.Cause != provider.CausePermanent || e.Subcode != 2388273 {
		t.Errorf("a media ID in place of a handle: %v", err)
	}
}

// A handle of several lines is one element, with all of them.
func TestTemplateJSON(t *testing.T) {
	client, last := record(t, `{"id":"1","status":"submitted"}`)
	if _, err := client.CreateTemplate(t.Context(), summer("4:a\n4:b\n")); err != nil {
		t.Fatal(err)
	}
	var got, want any
	err := errors.Join(json.Unmarshal(last.body, &got), json.Unmarshal([]byte(`{"name":"summer","category":"MARKETING","language":"de","components":[
		{"type":"HEADER","format":"IMAGE","example":{"header_handle":["4:a\n4:b\n"]}},
		{"type":"BODY","text":"Grüße"}]}`), &want))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%s, %v", last.body, err)
	}
	if last.line != "POST /v1/configs/templates" || last.header.Get("Content-Type") != "application/json" {
		t.Errorf("%s with %v", last.line, last.header)
	}
}

func TestATemplateWithoutAMediaHeaderIsNotSent(t *testing.T) {
	client, last := record(t, `{"status":"submitted"}`)
	template := summer("4:a")
	template.Header.Format = "TEXT"
	if _, err := client.CreateTemplate(t.Context(), template); provider.CauseOf(err) != provider.CausePermanent || last.line != "" {
		t.Errorf("%v, sent %q", err, last.line)
	}
}
