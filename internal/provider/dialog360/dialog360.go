// Package dialog360 speaks the messaging API of 360dialog, waba-v2, as far as it
// concerns media: media objects for messages, and upload sessions for handles.
//
// It leaves to others: the request, its errors and their causes (provider), and
// when a request is made again (relay).
//
// Sources: docs.360dialog.com, "Media Uploads" and "Upload, retrieve or delete
// media"; for sessions Meta's "Resumable Upload API", which 360dialog passes on.
package dialog360

import (
	"errors"
	"net/http"

	"mediarelay/internal/provider"
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
type Client struct {
	api *provider.API
}

// New makes a client. A config that Check refuses makes every request fail.
func New(c Config) *Client {
	return &Client{
		api: provider.NewAPI(provider.APIConfig{
			BaseURL:    c.baseURL(),
			HTTPClient: c.HTTPClient,
			Header:     "D360-API-KEY",
			Key:        c.APIKey,
		}),
	}
}

// Permanent reports whether err would come back on every further attempt with
// the same file. Trouble with the key or the account is not permanent:
// provider.CauseOf tells it apart.
func (c *Client) Permanent(err error) bool { return provider.Permanent(err) }

var errNoKey = errors.New("dialog360: the API key is empty")
