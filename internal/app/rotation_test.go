package app_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mediarelay/internal/app"
	"mediarelay/internal/config"
	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/provider"
	"mediarelay/internal/relay"
	"mediarelay/internal/sandbox"
)

// Only changed settings are applied, once; invalid ones change nothing.
func TestChangedKeysReachTheRelay(t *testing.T) {
	channel := func(name, key string) config.Channel {
		return config.Channel{Name: name, Provider: config.ProviderDialog360, APIKey: provider.Secret(key)}
	}
	var rotated []string
	var now []config.Channel
	var wrong, away error
	r := app.NewRotation(config.Config{Channels: []config.Channel{channel("acme", "old"), channel("beta", "key")}}, nil)
	r.SetReload(func() (readings []config.Reading, err error) {
		for _, channel := range now {
			readings = append(readings, config.Reading{Channel: channel})
		}
		return readings, wrong
	})
	r.SetRotate(func(_ context.Context, name string, _ relay.Provider) error {
		rotated = append(rotated, name)
		return away
	})
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
		{"a key while the database is unreachable", []config.Channel{channel("beta", "next")}, nil, errors.New("away"), []string{"beta"}},
		{"once more", []config.Channel{channel("beta", "next")}, nil, nil, []string{"beta"}},
		{"and no more", []config.Channel{channel("beta", "next")}, nil, nil, nil},
	} {
		rotated, now, wrong, away = nil, step.channels, step.wrong, step.away
		r.Check(t.Context())
		if !slices.Equal(rotated, step.want) {
			t.Errorf("%s: rotated %v, want %v", step.name, rotated, step.want)
		}
	}
}

// One channel's invalid key file does not keep another from its new key. It is logged
// once, and shown in /readyz for as long as it lasts, as is a change that needs a restart.
func TestInvalidKeyFileAffectsOneChannel(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	channels := func(names ...string) {
		text := "channels:\n"
		for _, name := range names {
			text += fmt.Sprintf("  %s: {provider: dialog360, api_key_file: %s.key}\n", name, name)
		}
		write("channels.yaml", text)
	}
	for _, name := range []string{"acme", "beta", "gamma"} {
		write(name+".key", "old")
	}
	channels("acme", "beta")
	cfg, err := config.Load(config.Settings{ChannelsFile: filepath.Join(dir, "channels.yaml")}, func(name string) (string, bool) {
		if name == "MEDIARELAY_JWT_SECRET" {
			return "0123456789abcdef0123456789abcdef", true
		}
		return "", false
	})
	if err != nil {
		t.Fatal(err)
	}
	var rotated []string
	r := app.NewRotation(cfg, nil)
	r.SetRotate(func(_ context.Context, name string, _ relay.Provider) error {
		rotated = append(rotated, name)
		return nil
	})
	for _, step := range []struct {
		name    string
		change  func()
		rotated []string
		notes   []string
		lines   int // that are logged
	}{
		{"nothing", func() {}, nil, nil, 0},
		{"one key file is empty", func() { write("acme.key", ""); write("beta.key", "new") }, []string{"beta"}, []string{"acme keeps its earlier settings"}, 1},
		{"and still is", func() {}, nil, []string{"acme keeps its earlier settings"}, 0},
		{"it is repaired", func() { write("acme.key", "new") }, []string{"acme"}, nil, 0},
		{"one comes, one goes", func() { channels("beta", "gamma") }, nil, []string{"acme is no longer", "gamma is new"}, 2},
		{"and again", func() {}, nil, []string{"acme is no longer", "gamma is new"}, 0},
		{"the file is empty", func() { write("channels.yaml", "") }, nil, []string{"the channels file cannot be read"}, 1},
		{"all as before", func() { channels("acme", "beta") }, nil, nil, 0},
	} {
		step.change()
		rotated = nil
		before := stage.Logs.Count(dir) + stage.Logs.Count("a restart")
		r.Check(t.Context())
		lines := stage.Logs.Count(dir) + stage.Logs.Count("a restart") - before
		if !slices.Equal(rotated, step.rotated) || lines != step.lines {
			t.Errorf("%s: rotated %v with %d lines, want %v with %d", step.name, rotated, lines, step.rotated, step.lines)
		}
		notes := strings.Join(r.Notes(), "\n")
		for _, want := range step.notes {
			if !strings.Contains(notes, want) {
				t.Errorf("%s: notes %q, want %q", step.name, notes, want)
			}
		}
		if len(r.Notes()) != len(step.notes) || strings.Contains(notes, dir) {
			t.Errorf("%s: notes %q, want %d without paths", step.name, notes, len(step.notes))
		}
	}
	if line := stage.Logs.LineWith("acme.key"); !strings.Contains(line, "is empty") || strings.Contains(line, "YAML") {
		t.Errorf("for a key file the log has %s", line)
	}
}

// An app ID that is added to a channel's settings enables handles without a restart, so
// uploads that need one are accepted from then on.
func TestAddedAppIDAllowsTemplates(t *testing.T) {
	cfg := loadChannels(t, "http://127.0.0.1:1")
	a, err := app.Assemble(t.Context(), app.Options{Config: cfg, WebFiles: stage.WebFiles})
	if err != nil {
		t.Fatal(err)
	}
	public := httptest.NewServer(a.Public())
	defer func() { public.Close(); _ = a.Close() }()
	s := &stage.Server{TB: t, URL: public.URL, Token: tokenFor(t, cfg, "appless")}
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
		a.Rotation().SetReload(func() ([]config.Reading, error) {
			channels, err := cfg.Reload()
			for i := range channels {
				if channels[i].Name == "appless" {
					channels[i].AppID = step.appID
				}
			}
			return channels, err
		})
		a.Rotation().Check(t.Context())
		if answer, text := s.Do(http.MethodPost, s.URL+"/files/", nil, template); answer.StatusCode != step.want {
			t.Errorf("%s: a template is answered with %d %s, want %d", step.name, answer.StatusCode, text, step.want)
		}
	}
}
