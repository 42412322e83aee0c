package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/auth"
	"mediarelay/internal/config"
	"mediarelay/internal/sandbox"
)

// One channel at each provider, as an operator writes them down, and one at Meta
// without an app.
const channelAtEach = `channels:
  dialog: {provider: dialog360, base_url: "%[1]s", api_key_env: KEY}
  meta: {provider: cloudapi, base_url: "%[1]s", version: v23.0, phone_number_id: "%[2]s", app_id: "%[3]s", access_token_env: KEY}
  appless: {provider: cloudapi, base_url: "%[1]s", version: v23.0, phone_number_id: "%[2]s", access_token_env: KEY}
  old: {provider: onprem, base_url: "%[1]s", api_key_env: KEY}
`

// TestAFileReachesEachProvider: the channels file alone decides where a file goes.
// Where a channel has no handles, the upload is refused before its bytes are sent.
func TestAFileReachesEachProvider(t *testing.T) {
	emulated := emulateAll(t)
	cfg := loadChannels(t, emulated)
	said, stop := launch(t, cfg, webFiles)
	url := strings.TrimPrefix(said.Text(), "Mediarelay listens on ")
	go drain(said)
	content := photo(t)
	for _, row := range []struct {
		channel, purpose string
		want             []string
	}{
		{"dialog", "message,template", []string{`"state":"done"`, `"media_id":"`, `"handle":"`}},
		{"meta", "message,template", []string{`"state":"done"`, `"media_id":"`, `"handle":"`}},
		{"appless", "message", []string{`"state":"done"`, `"media_id":"`}},
		{"old", "message", []string{`"state":"done"`, `"media_id":"`}},
	} {
		t.Run(row.channel+" "+row.purpose, func(t *testing.T) {
			s := &running{t: t, url: url, token: tokenFor(t, cfg, row.channel)}
			id := filepath.Base(s.createFor(row.purpose, content))
			_, events := s.ask(http.MethodGet, s.url+"/v1/uploads/"+id+"/events", nil, nil)
			for _, want := range row.want {
				if !strings.Contains(events, want) {
					t.Errorf("%s is missing in the events:\n%s", want, events)
				}
			}
		})
	}
	for channel, hint := range map[string]string{"appless": "app_id", "old": "on-premise"} {
		s := &running{t: t, url: url, token: tokenFor(t, cfg, channel)}
		answer, text := s.ask(http.MethodPost, s.url+"/files/", nil, map[string]string{
			"Tus-Resumable": "1.0.0", "Upload-Length": "5",
			"Upload-Metadata": "purpose " + base64.StdEncoding.EncodeToString([]byte("template")),
		})
		if answer.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(text, `"code":"no_handles"`) || !strings.Contains(text, hint) {
			t.Errorf("%s: a template is answered with %d %s", channel, answer.StatusCode, text)
		}
	}
	if err := stop(); err != nil {
		t.Errorf("stopped with %v", err)
	}
}

func emulateAll(t *testing.T) (url string) {
	t.Helper()
	all, err := sandbox.New(sandbox.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	emulated := httptest.NewServer(all)
	t.Cleanup(emulated.Close)
	t.Cleanup(func() { _ = all.Close() })
	return emulated.URL
}

func loadChannels(t *testing.T, emulated string) config.Config {
	t.Helper()
	file := filepath.Join(t.TempDir(), "channels.yaml")
	channels := fmt.Sprintf(channelAtEach, emulated, sandbox.DemoPhoneNumberID, sandbox.DemoAppID)
	if err := os.WriteFile(file, []byte(channels), 0o600); err != nil {
		t.Fatal(err)
	}
	given := settings(t.TempDir())
	given.ChannelsFile = file
	variables := map[string]string{"KEY": sandbox.DemoAPIKey, "MEDIARELAY_JWT_SECRET": stageSecret}
	cfg, err := config.Load(given, func(name string) (string, bool) { value, ok := variables[name]; return value, ok })
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func tokenFor(t *testing.T, cfg config.Config, channel string) string {
	t.Helper()
	token, err := auth.Sign(cfg.Tokens(), auth.Claims{
		Subject: "tester", Channel: channel, Scopes: []string{string(auth.ScopeUpload), string(auth.ScopeAssetsRead)}, ExpiresAt: time.Now().Add(time.Hour),
	})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// createFor uploads a file in one request, for the given purposes.
func (s *running) createFor(purpose string, content []byte) string {
	s.t.Helper()
	encode := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	answer, text := s.ask(http.MethodPost, s.url+"/files/", bytes.NewReader(content), map[string]string{
		"Upload-Length":   fmt.Sprint(len(content)),
		"Upload-Metadata": "filename " + encode("a.jpg") + ",purpose " + encode(purpose),
		"Content-Type":    "application/offset+octet-stream",
	})
	if answer.StatusCode != http.StatusCreated {
		s.t.Fatalf("creation: %s %s", answer.Status, text)
	}
	return answer.Header.Get("Location")
}
