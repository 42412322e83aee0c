package dialog360_test

import (
	"testing"

	"go.uber.org/goleak"

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
		return providertest.Harness{Uploader: client, Sessions: client, Library: client}
	})
}
