package httpapi_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/httpapi"
	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/provider"
)

// outbox is the provider of a channel: it keeps the last message, or fails.
type outbox struct {
	sent    provider.Message
	channel string
	err     error
}

func (o *outbox) SendMessage(_ context.Context, channel string, m provider.Message) (provider.MessageID, error) {
	o.channel, o.sent = channel, m
	if o.err != nil {
		return "", o.err
	}
	return "wamid.1", nil
}

func newMessageWorld(t *testing.T) (*world, *outbox) {
	t.Helper()
	o := &outbox{}
	return newWorld(t, func(c *httpapi.Config) { c.Messages = o }), o
}

func (w *world) post(path, token, body string) response {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.url+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	return w.send(r)
}

const toSomebody = `{"asset": "` + assetID + `", "to": "+4930123456"`

func TestAnAssetIsSentAsItsKind(t *testing.T) {
	for kind, want := range map[media.Kind]provider.Message{
		media.KindImage:    {Caption: "Hello"},
		media.KindDocument: {Caption: "Hello", Filename: "holiday.jpg"},
	} {
		w, o := newMessageWorld(t)
		w.library.asset.Content.Kind = kind
		r := w.post("/v1/messages", "sender", toSomebody+`, "caption": "Hello"}`)
		wantJSON(t, r.body, `{"id": "wamid.1", "asset": "`+assetID+`", "to": "+4930123456"}`)
		want.To, want.Kind, want.MediaID = "+4930123456", kind, "1037543291543636"
		if r.StatusCode != http.StatusAccepted || o.sent != want || o.channel != "acme" {
			t.Errorf("%d: sent %+v in %s, want %+v", r.StatusCode, o.sent, o.channel, want)
		}
	}
}

func TestMessagesThatAreNotSent(t *testing.T) {
	for name, tt := range map[string]struct {
		token, body string
		edit        func(w *world)
		status      int
		code, says  string
	}{
		"another scope":   {token: "ada", body: toSomebody + `}`, status: 403, code: "forbidden_scope"},
		"no JSON":         {body: `to: me`, status: 400, code: "bad_request", says: "JSON object"},
		"unknown field":   {body: toSomebody + `, "text": "x"}`, status: 400, code: "bad_request", says: "JSON object"},
		"no country code": {body: `{"asset": "` + assetID + `", "to": "030 123456"}`, status: 400, code: "bad_request", says: "country code"},
		"no asset":        {body: `{"to": "+4930123456"}`, status: 400, code: "bad_request", says: "ID of an asset"},
		"unknown asset":   {body: `{"asset": "none", "to": "+4930123456"}`, status: 404, code: "not_found"},
		"caption of a sound": {body: toSomebody + `, "caption": "x"}`, status: 400, code: "bad_request", says: "caption", edit: func(w *world) {
			w.library.asset.Content.Kind = media.KindAudio
		}},
		"caption too long": {body: toSomebody + `, "caption": "` + strings.Repeat("ж", 1025) + `"}`, status: 400, code: "bad_request", says: "1024"},
		"expired media ID": {body: toSomebody + `}`, status: 409, code: "conflict", says: "no valid media ID", edit: func(w *world) {
			w.library.asset.Content.Copies = []library.Copy{{Copy: media.CopyMediaID, Value: "1", ExpiresAt: time.Unix(1, 0)}}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w, o := newMessageWorld(t)
			if tt.edit != nil {
				tt.edit(w)
			}
			if tt.token == "" {
				tt.token = "sender"
			}
			r := w.post("/v1/messages", tt.token, tt.body)
			wantProblem(t, r, tt.status, tt.code)
			if !strings.Contains(r.body, tt.says) {
				t.Errorf("%s, want %q", r.body, tt.says)
			}
			if o.sent.To != "" {
				t.Errorf("it was sent: %+v", o.sent)
			}
		})
	}
}

// What the provider answers reaches the client as a code of ours, with the provider's words.
func TestFailuresOfTheProvider(t *testing.T) {
	for name, tt := range map[string]struct {
		err        error
		status     int
		code, says string
	}{
		"rejected":      {&provider.Error{Status: 400, Cause: provider.CausePermanent, Code: 131026, Message: "Message undeliverable"}, 422, "provider_refused", "Message undeliverable"},
		"key withdrawn": {&provider.Error{Status: 401, Cause: provider.CauseAuth, Message: "Invalid key"}, 502, "provider_account", "Invalid key"},
		"asks to wait":  {&provider.Error{Status: 429, Cause: provider.CauseRate, RetryAfter: 7 * time.Second}, 429, "provider_busy", ""},
		"lost answer":   {&provider.Error{Cause: provider.CauseAmbiguous, Err: context.DeadlineExceeded}, 502, "provider_unavailable", "may send it twice"},
	} {
		t.Run(name, func(t *testing.T) {
			w, o := newMessageWorld(t)
			o.err = tt.err
			r := w.post("/v1/messages", "sender", toSomebody+`}`)
			wantProblem(t, r, tt.status, tt.code)
			if !strings.Contains(r.body, tt.says) {
				t.Errorf("%s, want %q", r.body, tt.says)
			}
			if tt.status == http.StatusTooManyRequests && r.Header.Get("Retry-After") != "7" {
				t.Errorf("Retry-After %q, want 7", r.Header.Get("Retry-After"))
			}
		})
	}
}
