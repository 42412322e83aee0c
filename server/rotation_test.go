package main

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"mediarelay/internal/config"
	"mediarelay/internal/provider"
	"mediarelay/internal/relay"
	"mediarelay/internal/sandbox"
)

// Only what changed is rotated, once; settings that are wrong change nothing.
func TestChangedKeysReachTheRelay(t *testing.T) {
	channel := func(name, key string) config.Channel {
		return config.Channel{Name: name, Provider: config.ProviderDialog360, APIKey: provider.Secret(key)}
	}
	var rotated []string
	var now []config.Channel
	var wrong, away error
	r := newRotation(config.Config{Channels: []config.Channel{channel("acme", "old"), channel("beta", "key")}}, nil)
	r.reload = func() ([]config.Channel, error) { return now, wrong }
	r.rotate = func(_ context.Context, name string, _ relay.Provider) error {
		rotated = append(rotated, name)
		return away
	}
	for _, step := range []struct {
		name        string
		channels    []config.Channel
		wrong, away error
		want        []string
	}{
		{"nothing new", []config.Channel{channel("acme", "old"), channel("beta", "key")}, nil, nil, nil},
		{"a file that cannot be read", nil, errors.New("gone"), nil, nil},
		{"a key", []config.Channel{channel("acme", "new"), channel("beta", "key")}, nil, nil, []string{"acme"}},
		{"the same key", []config.Channel{channel("acme", "new"), channel("beta", "key")}, nil, nil, nil},
		{"an empty key", []config.Channel{channel("acme", ""), channel("beta", "key")}, nil, nil, nil},
		{"another channel", []config.Channel{channel("acme", "new"), channel("gamma", "key")}, nil, nil, nil},
		{"a key while the database is away", []config.Channel{channel("beta", "next")}, nil, errors.New("away"), []string{"beta"}},
		{"once more", []config.Channel{channel("beta", "next")}, nil, nil, []string{"beta"}},
		{"and no more", []config.Channel{channel("beta", "next")}, nil, nil, nil},
	} {
		rotated, now, wrong, away = nil, step.channels, step.wrong, step.away
		r.look(t.Context())
		if !slices.Equal(rotated, step.want) {
			t.Errorf("%s: rotated %v, want %v", step.name, rotated, step.want)
		}
	}
}

// An app that is added to a channel's settings makes handles possible without a
// restart, and so uploads that need one are taken from then on.
func TestAnAppThatIsAddedLetsTemplatesIn(t *testing.T) {
	cfg := loadChannels(t, "http://127.0.0.1:1")
	app, err := assemble(t.Context(), cfg, site{files: webFiles})
	if err != nil {
		t.Fatal(err)
	}
	public := httptest.NewServer(app.public)
	defer func() { public.Close(); _ = app.close() }()
	s := &running{t: t, url: public.URL, token: tokenFor(t, cfg, "appless")}
	template := map[string]string{
		"Upload-Length":   "1000",
		"Upload-Metadata": "purpose " + base64.StdEncoding.EncodeToString([]byte("template")),
	}
	for _, step := range []struct {
		name, appID string
		want        int
	}{
		{"without an app", "", http.StatusUnprocessableEntity},
		{"with one", sandbox.DemoAppID, http.StatusCreated},
		{"without it again", "", http.StatusUnprocessableEntity},
	} {
		app.rotation.reload = func() ([]config.Channel, error) {
			channels, err := cfg.Reload()
			for i := range channels {
				if channels[i].Name == "appless" {
					channels[i].AppID = step.appID
				}
			}
			return channels, err
		}
		app.rotation.look(t.Context())
		if answer, text := s.ask(http.MethodPost, s.url+"/files/", nil, template); answer.StatusCode != step.want {
			t.Errorf("%s: a template is answered with %d %s, want %d", step.name, answer.StatusCode, text, step.want)
		}
	}
}
