// Package onprem is the client of WhatsApp's on-premise API as 360dialog hosts it: media
// objects, which are sent as raw bodies, and messages. The API has no upload sessions, so
// it cannot create handles.
//
// It leaves to others: sending a request and classifying its errors (provider), and
// retries (relay).
//
// Source: docs.360dialog.com, "Media" of the on-premise API, and the on-premise
// part of "Media messages".
package onprem

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"mediarelay/internal/provider"
)

// DefaultBaseURL is where 360dialog serves the API.
const DefaultBaseURL = "https://waba.360dialog.io"

// The limits, from "Media", sections Background and Constraints.
const (
	// MaxMediaBytes: "the maximum file size for media that can be uploaded to the
	// media node is 64MB". As with the other limits, 1 MB is 1024² bytes.
	MaxMediaBytes int64 = 64 << 20
	// MediaLifetime: "we also store media on our servers for 14 days".
	MediaLifetime = 14 * 24 * time.Hour
)

// Config is the address and the key, which identifies the phone number.
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
		return errors.New("onprem: the API key is empty")
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
type Client struct {
	api    *provider.API
	number string
}

// New returns a client. If Check fails for c, every request fails.
func New(c Config) *Client {
	return &Client{
		api: provider.NewAPI(provider.APIConfig{
			BaseURL: c.baseURL(), HTTPClient: c.HTTPClient,
			Header: "D360-API-KEY", Key: c.APIKey,
		}),
		// All numbers have the same address, so only the key identifies one.
		number: provider.KeyNumber("onprem", c.APIKey),
	}
}

// errNoSessions tells operators how to fix it.
var errNoSessions = fmt.Errorf("%w: the on-premise API has no upload sessions; use a channel of dialog360 or cloudapi", provider.ErrNoHandles)

// Limits returns the documented limits of the API. There is none for requests.
func (c *Client) Limits() provider.Limits {
	return provider.Limits{Number: c.number, MediaBytes: MaxMediaBytes, MediaLifetime: MediaLifetime, NoHandles: errNoSessions}
}
