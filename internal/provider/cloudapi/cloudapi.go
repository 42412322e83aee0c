// Package cloudapi speaks Meta's own WhatsApp Cloud API: where it differs from
// what 360dialog makes of it, in the paths, the token and the way of a download.
//
// It leaves to others: the requests that both have (graph), one request, its
// errors and their causes (provider), and when a request is made again (relay).
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

// Config says which API and which phone number.
type Config struct {
	// BaseURL is DefaultBaseURL where it is empty.
	BaseURL string
	// Version of the Graph API, such as v23.0.
	Version string
	// PhoneNumberID is Meta's id of the number, not the number itself.
	PhoneNumberID string
	// AppID is the app's, for handles; without it there are none.
	AppID       string
	AccessToken provider.Secret
	// HTTPClient is provider.NewHTTPClient's where it is nil.
	HTTPClient *http.Client
}

var (
	version = regexp.MustCompile(`^v[0-9]{1,3}\.[0-9]{1,3}$`)
	number  = regexp.MustCompile(`^[0-9]{1,32}$`)
)

// Check reports every field that is missing or cannot be used.
func (c Config) Check() error {
	var errs []error
	if c.AccessToken == "" {
		errs = append(errs, errors.New("the access token is empty"))
	}
	if !version.MatchString(c.Version) {
		errs = append(errs, errors.New("the version is not of the form v23.0"))
	}
	if !number.MatchString(c.PhoneNumberID) {
		errs = append(errs, errors.New("the phone number id is not a number: it is Meta's id, not the phone number"))
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

// Client is one phone number at Meta. It is safe for use by several goroutines.
// Its errors are of type *provider.Error.
type Client struct {
	graph.Client
	bearer provider.APIConfig
}

// errNoApp tells an operator what would mend it.
var errNoApp = fmt.Errorf("%w: it has no app_id, which the Resumable Upload API needs; set it in the channels file", provider.ErrNoHandles)

// New makes a client. A config that Check refuses makes every request fail.
func New(c Config) *Client {
	if c.HTTPClient == nil {
		c.HTTPClient = provider.NewHTTPClient()
	}
	bearer := provider.APIConfig{
		BaseURL: c.baseURL(), HTTPClient: c.HTTPClient,
		Header: "Authorization", Scheme: "Bearer", Key: c.AccessToken,
	}
	// "Authorization: OAuth" is how the Resumable Upload API writes it.
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
		// The number is named so that no token reaches the media of another one.
		Object:  func(id string) string { return versioned + "/" + id + "?phone_number_id=" + c.PhoneNumberID },
		Uploads: versioned + "/" + c.AppID + "/uploads",
		Version: versioned,
	}
}
