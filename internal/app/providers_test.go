package app_test

import (
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
	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/sandbox"
)

// channelAtEach has one channel at each provider, as an operator writes them, and one at
// Meta without an app.
const channelAtEach = `channels:
  dialog: {provider: dialog360, base_url: "%[1]s", api_key_env: KEY}
  meta: {provider: cloudapi, base_url: "%[1]s", version: v23.0, phone_number_id: "%[2]s", app_id: "%[3]s", access_token_env: KEY}
  appless: {provider: cloudapi, base_url: "%[1]s", version: v23.0, phone_number_id: "%[2]s", access_token_env: KEY}
  old: {provider: onprem, base_url: "%[1]s", api_key_env: KEY}
`

// The channels file alone decides where a file goes. If a channel has no handles, the
// upload is rejected before its bytes are sent.
func TestFileReachesEachProvider(t *testing.T) {
	emulated := emulateAll(t)
	cfg := loadChannels(t, emulated)
	said, stop := stage.Launch(t, cfg, stage.WebFiles)
	url := strings.TrimPrefix(said.Text(), "Mediarelay listens on ")
	go stage.Drain(said)
	content := stage.Photo(t)
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
			s := &stage.Server{TB: t, URL: url, Token: tokenFor(t, cfg, row.channel)}
			id := filepath.Base(s.CreateFor(row.purpose, content))
			_, events := s.Do(http.MethodGet, s.URL+"/v1/uploads/"+id+"/events", nil, nil)
			for _, want := range row.want {
				if !strings.Contains(events, want) {
					t.Errorf("%s is missing in the events:\n%s", want, events)
				}
			}
		})
	}
	for channel, hint := range map[string]string{"appless": "app_id", "old": "on-premise"} {
		s := &stage.Server{TB: t, URL: url, Token: tokenFor(t, cfg, channel)}
		answer, text := s.Do(http.MethodPost, s.URL+"/files/", nil, map[string]string{
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
	given := stage.Settings(t.TempDir())
	given.ChannelsFile = file
	variables := map[string]string{"KEY": sandbox.DemoAPIKey, "MEDIARELAY_JWT_SECRET": stage.JWTSecret}
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
