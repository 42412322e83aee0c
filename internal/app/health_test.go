package app_test

import (
	"testing"

	"mediarelay/internal/app"
)

func TestLocalHost(t *testing.T) {
	for host, want := range map[string]string{
		"": "localhost", "0.0.0.0": "localhost", "::": "localhost", "127.0.0.1": "127.0.0.1", "media.internal": "media.internal",
	} {
		if got := app.LocalHost(host); got != want {
			t.Errorf("%q: %q, want %q", host, got, want)
		}
	}
}
