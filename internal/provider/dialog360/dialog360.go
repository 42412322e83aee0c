// Package dialog360 is the client of 360dialog's messaging API, waba-v2: its paths, its
// key, its downloads and its templates. Most requests are those of Meta's Graph API,
// which 360dialog forwards.
//
// It leaves to others: the requests that it shares with Meta (graph), sending a request
// and classifying its errors (provider), and retries (relay).
//
// Sources: docs.360dialog.com, "Media Uploads", "Upload, retrieve or delete
// media", "Media messages" and "WABA Profile Info".
package dialog360

import (
	"errors"
	"net/http"

	"mediarelay/internal/provider"
	"mediarelay/internal/provider/graph"
)

// DefaultBaseURL is where 360dialog serves the API for every region.
const DefaultBaseURL = "https://waba-v2.360dialog.io"

// Config is the address and the key. The key identifies the phone number: the API has no
// other parameter for it.
type Config struct {
	// BaseURL defaults to DefaultBaseURL.
	BaseURL string
	APIKey  provider.Secret
	// HTTPClient defaults to provider.NewHTTPClient.
	HTTPClient *http.Client
}

// Check reports an invalid base URL or a missing key.
func (c Config) Check() error {
	if c.APIKey == "" {
		return errNoKey
	}
	return provider.CheckBaseURL(c.baseURL())
}

func (c Config) baseURL() string {
	if c.BaseURL == "" {
		return DefaultBaseURL
	}
	return c.BaseURL
}

// Client is a client for one phone number. It is safe for concurrent use. Its errors are
// of type *provider.Error.
type Client struct{ graph.Client }

// New returns a client. If Check fails for c, every request fails.
func New(c Config) *Client {
	// One key is for everything: 360dialog adds the app and Meta's token.
	api := provider.NewAPI(provider.APIConfig{
		BaseURL:    c.baseURL(),
		HTTPClient: c.HTTPClient,
		Header:     "D360-API-KEY",
		Key:        c.APIKey,
	})
	return &Client{graph.Client{API: api, SessionAPI: api, Number: provider.KeyNumber("dialog360", c.APIKey), Routes: graph.Routes{
		Media: "/media", Messages: "/messages", Profile: "/whatsapp_business_profile", Uploads: "/uploads",
		Object: func(id string) string { return "/" + id },
	}}}
}

var errNoKey = errors.New("dialog360: the API key is empty")
