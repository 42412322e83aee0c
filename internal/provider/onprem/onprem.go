// Package onprem speaks the on-premise API of WhatsApp as 360dialog hosts it:
// media as raw bodies, media objects in a volume of the number's own, messages.
// It has no upload sessions and so no handles.
//
// It leaves to others: one request, its errors and their causes (provider), and
// when a request is made again (relay).
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
	// media node is 64MB". As with the other limits, MB is taken as 1024².
	MaxMediaBytes int64 = 64 << 20
	// MediaLifetime: "we also store media on our servers for 14 days".
	MediaLifetime = 14 * 24 * time.Hour
)

// Config says which API and which phone number. The key names the number.
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

// Client is one phone number. It is safe for use by several goroutines. Its
// errors are of type *provider.Error.
type Client struct {
	api    *provider.API
	number string
}

// New makes a client. A config that Check refuses makes every request fail.
func New(c Config) *Client {
	return &Client{
		api: provider.NewAPI(provider.APIConfig{
			BaseURL: c.baseURL(), HTTPClient: c.HTTPClient,
			Header: "D360-API-KEY", Key: c.APIKey,
		}),
		// Every number has the same address at 360dialog.
		number: provider.KeyNumber("onprem", c.APIKey),
	}
}

// errNoSessions tells an operator what would mend it.
var errNoSessions = fmt.Errorf("%w: the on-premise API has no upload sessions; use a channel of dialog360 or cloudapi", provider.ErrNoHandles)

// Limits are what this API takes and keeps. No page states a limit of requests.
func (c *Client) Limits() provider.Limits {
	return provider.Limits{Number: c.number, MediaBytes: MaxMediaBytes, MediaLifetime: MediaLifetime, NoHandles: errNoSessions}
}
