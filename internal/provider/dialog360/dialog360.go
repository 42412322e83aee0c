// Package dialog360 speaks the messaging API of 360dialog, waba-v2: where it
// differs from Meta's Graph API, which it passes on, and the templates that
// handles are for.
//
// It leaves to others: the requests that both have (graph), one request, its
// errors and their causes (provider), and when a request is made again (relay).
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

// Config says which API and which phone number. The key names the number: the
// API has no other parameter for it.
type Config struct {
	// BaseURL is DefaultBaseURL where it is empty.
	BaseURL string
	APIKey  provider.Secret
	// HTTPClient is provider.NewHTTPClient's where it is nil.
	HTTPClient *http.Client
}

// Check reports a base URL that cannot be used or a missing key.
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

// Client is one phone number at 360dialog. It is safe for use by several
// goroutines. Its errors are of type *provider.Error.
type Client struct{ graph.Client }

// New makes a client. A config that Check refuses makes every request fail.
func New(c Config) *Client {
	// 360dialog adds the app and Meta's own token: the one key is for everything.
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
