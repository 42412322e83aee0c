package main

import (
	"context"
	"errors"
	"slices"
	"testing"

	"mediarelay/internal/config"
	"mediarelay/internal/provider"
	"mediarelay/internal/relay"
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
