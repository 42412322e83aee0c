package cloudapi

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"mediarelay/internal/provider"
)

// mediaDomain is the domain of the hosts in Meta's links: "the URL will begin with
// https://lookaside.fbsbx.com". A download requires the access token, which must not be
// sent elsewhere.
const mediaDomain = ".fbsbx.com"

// Download returns the bytes of a media object; the caller closes the reader. Read fails
// with provider.ErrAltered if they do not match info. Failures may count: see
// provider.Limits.FailedReadsPerHour.
func (c *Client) Download(ctx context.Context, info provider.Info) (io.ReadCloser, error) {
	const op = "GET the media's link"
	link, err := url.Parse(info.URL.Reveal())
	if err != nil || !c.trusts(link) {
		return nil, &provider.Error{Op: op, Cause: provider.CausePermanent, Err: errUntrustedLink}
	}
	to := c.bearer
	to.BaseURL = link.Scheme + "://" + link.Host
	path := strings.TrimPrefix(info.URL.Reveal(), to.BaseURL)
	resp, err := provider.NewAPI(to).Open(ctx, provider.Request{Op: op, Method: http.MethodGet, Path: path}) //nolint:bodyclose // the caller closes it, as verified
	if err != nil {
		return nil, err
	}
	return provider.Verified(resp.Body, info), nil
}

// errUntrustedLink does not contain the link, which contains its own authorization.
var errUntrustedLink = errors.New("the link's host is neither one of Meta's media hosts nor the API's, so the access token is not sent to it")

// trusts reports whether the host of a link is one of Meta's media hosts or the API's,
// which has the token already.
func (c *Client) trusts(link *url.URL) bool {
	base, err := url.Parse(c.bearer.BaseURL)
	if err != nil {
		return false
	}
	sameHost := link.Scheme == base.Scheme && link.Host == base.Host
	return sameHost || link.Scheme == "https" && link.Port() == "" && strings.HasSuffix(link.Hostname(), mediaDomain)
}
