package provider

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"time"
)

// The timeouts of the steps of a request. A whole request is bounded by its context and
// by StallTimeout, since 100 MB on a slow connection take minutes.
const (
	dialTimeout = 10 * time.Second
	tlsTimeout  = 10 * time.Second
	// headerTimeout starts once the whole body is sent: the API reads and stores up to
	// 100 MB before it responds.
	headerTimeout = 90 * time.Second
	idleTimeout   = 90 * time.Second
)

// ErrNotHTTPS: the key would be sent unencrypted.
var ErrNotHTTPS = errors.New("provider: the address must start with https:// (http:// only for loopback)")

// NewHTTPClient returns the client for requests to an API. It follows redirects by
// FollowSameHost, requires HTTPS except for loopback, and has a timeout for each step
// of a connection.
func NewHTTPClient() *http.Client {
	dialer := &net.Dialer{Timeout: dialTimeout}
	return &http.Client{
		CheckRedirect: FollowSameHost,
		Transport: secureOnly{&http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			DialContext:           dialer.DialContext,
			ForceAttemptHTTP2:     true,
			TLSHandshakeTimeout:   tlsTimeout,
			ResponseHeaderTimeout: headerTimeout,
			IdleConnTimeout:       idleTimeout,
			MaxIdleConnsPerHost:   16,
		}},
	}
}

// maxRedirects is the maximum number of redirects of one read.
const maxRedirects = 5

// FollowSameHost is a CheckRedirect that follows a redirect only from a GET request and
// to the same host; 360dialog's guide mentions a 308 of this kind. Any other redirect
// is returned as the response. net/http removes Authorization from a request to
// another host, but would send it D360-API-KEY, and a redirected write might be made
// twice.
func FollowSameHost(next *http.Request, before []*http.Request) error {
	first := before[0]
	sameHost := next.URL.Scheme == first.URL.Scheme && next.URL.Host == first.URL.Host
	if first.Method == http.MethodGet && sameHost && len(before) <= maxRedirects {
		return nil
	}
	return http.ErrUseLastResponse
}

// CheckBaseURL checks that raw can be the address of an API: absolute, HTTPS or
// loopback, without user, query and fragment.
func CheckBaseURL(raw string) error {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return errors.New("provider: the address must have the form https://host, with an optional path")
	case !secure(u):
		return ErrNotHTTPS
	}
	return nil
}

type secureOnly struct{ next *http.Transport }

func (s secureOnly) RoundTrip(r *http.Request) (*http.Response, error) {
	if secure(r.URL) {
		return s.next.RoundTrip(r)
	}
	// A RoundTripper must close the body, even on errors.
	if r.Body != nil {
		_ = r.Body.Close()
	}
	return nil, ErrNotHTTPS
}

// CloseIdleConnections is called by http.Client.CloseIdleConnections.
func (s secureOnly) CloseIdleConnections() { s.next.CloseIdleConnections() }

func secure(u *url.URL) bool {
	return u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname())
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
