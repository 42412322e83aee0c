// Package cloudapi is the client of Meta's WhatsApp Cloud API: its paths, its token and
// its downloads.
//
// It leaves to others: the requests that it shares with 360dialog (graph), sending a
// request and classifying its errors (provider), and retries (relay).
//
// Sources: Meta's "Media Upload API", the Cloud API media reference and
// "Resumable Upload API".
package cloudapi

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"mediarelay/internal/provider"
	"mediarelay/internal/provider/graph"
)

// DefaultBaseURL is where Meta serves the Graph API.
const DefaultBaseURL = "https://graph.facebook.com"

// Config is the address, the phone number and the key.
type Config struct {
	// BaseURL defaults to DefaultBaseURL.
	BaseURL string
	// Version of the Graph API, such as v23.0.
	Version string
	// PhoneNumberID is Meta's id of the phone number, not the number itself.
	PhoneNumberID string
	// AppID is the id of the app, which handles require; may be empty.
	AppID       string
	AccessToken provider.Secret
	// HTTPClient defaults to provider.NewHTTPClient.
	HTTPClient *http.Client
}

var (
	version = regexp.MustCompile(`^v[0-9]{1,3}\.[0-9]{1,3}$`)
	number  = regexp.MustCompile(`^[0-9]{1,32}$`)
)

// Check reports every missing or invalid field.
func (c Config) Check() error {
	var errs []error
	if c.AccessToken == "" {
		errs = append(errs, errors.New("the access token is empty"))
	}
	if !version.MatchString(c.Version) {
		errs = append(errs, errors.New("the version does not have the form v23.0"))
	}
	if !number.MatchString(c.PhoneNumberID) {
		errs = append(errs, errors.New("the phone number id is not a number: use Meta's id, not the phone number"))
	}
	if c.AppID != "" && !number.MatchString(c.AppID) {
		errs = append(errs, errors.New("the app id is not a number"))
	}
	errs = append(errs, provider.CheckBaseURL(c.baseURL()))
	return errors.Join(errs...)
}

func (c Config) baseURL() string {
	if c.BaseURL == "" {
		return DefaultBaseURL
	}
	return strings.TrimRight(c.BaseURL, "/")
}

// Client is a client for one phone number. It is safe for concurrent use. Its errors are
// of type *provider.Error.
type Client struct {
	graph.Client
	bearer provider.APIConfig
}

// errNoApp tells operators how to fix it.
var errNoApp = fmt.Errorf("%w: it has no app_id, which the Resumable Upload API needs; set it in the channels file", provider.ErrNoHandles)

// New returns a client. If Check fails for c, every request fails.
func New(c Config) *Client {
	if c.HTTPClient == nil {
		c.HTTPClient = provider.NewHTTPClient()
	}
	bearer := provider.APIConfig{
		BaseURL: c.baseURL(), HTTPClient: c.HTTPClient,
		Header: "Authorization", Scheme: "Bearer", Key: c.AccessToken,
	}
	// The Resumable Upload API requires "Authorization: OAuth".
	oauth := bearer
	oauth.Scheme = "OAuth"
	client := &Client{
		Client: graph.Client{
			API: provider.NewAPI(bearer), SessionAPI: provider.NewAPI(oauth), Routes: c.routes(),
			Number: "cloudapi/" + c.PhoneNumberID,
		},
		bearer: bearer,
	}
	if c.AppID == "" {
		client.NoHandles = errNoApp
	}
	return client
}

func (c Config) routes() graph.Routes {
	versioned := "/" + c.Version
	phone := versioned + "/" + c.PhoneNumberID
	return graph.Routes{
		Media: phone + "/media", Messages: phone + "/messages", Profile: phone + "/whatsapp_business_profile",
		// With the number, a token cannot access the media of another one.
		Object:  func(id string) string { return versioned + "/" + id + "?phone_number_id=" + c.PhoneNumberID },
		Uploads: versioned + "/" + c.AppID + "/uploads",
		Version: versioned,
	}
}
