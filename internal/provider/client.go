package provider

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"time"
)

// The waits for one step of a request. Whole requests are bounded by their
// context and by the least rate of StallTimeout, since 100 MB on a poor line
// take minutes.
const (
	dialTimeout = 10 * time.Second
	tlsTimeout  = 10 * time.Second
	// headerTimeout begins when the whole body is sent: the API reads and stores
	// up to 100 MB before it answers.
	headerTimeout = 90 * time.Second
	idleTimeout   = 90 * time.Second
)

// ErrNotHTTPS says that a key would have travelled in clear.
var ErrNotHTTPS = errors.New("provider: the address must begin with https:// (http:// only for this machine's loopback)")

// NewHTTPClient makes the client that requests to an API should use. It follows
// redirects as FollowSameHost says, speaks HTTPS to every host but the loopback, and
// bounds each step of a connection.
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

// mostHops bounds the redirects of one read.
const mostHops = 5

// FollowSameHost follows the redirects of a read that stay on its host: 360dialog's
// guide speaks of 308 there (seed 003). Any other is handed back as the answer.
// net/http takes the Authorization header off a request that goes on to another
// host, but it does not know D360-API-KEY and would give the key to that host; and
// a write that goes on may be made twice.
func FollowSameHost(next *http.Request, before []*http.Request) error {
	first := before[0]
	sameHost := next.URL.Scheme == first.URL.Scheme && next.URL.Host == first.URL.Host
	if first.Method == http.MethodGet && sameHost && len(before) <= mostHops {
		return nil
	}
	return http.ErrUseLastResponse
}

// CheckBaseURL says whether raw can be the address of an API: absolute, HTTPS or
// loopback, without a user, a query or a fragment.
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
	// A RoundTripper closes the body in every case.
	if r.Body != nil {
		_ = r.Body.Close()
	}
	return nil, ErrNotHTTPS
}

// CloseIdleConnections lets http.Client.CloseIdleConnections reach the transport.
func (s secureOnly) CloseIdleConnections() { s.next.CloseIdleConnections() }

func secure(u *url.URL) bool {
	return u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname())
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
