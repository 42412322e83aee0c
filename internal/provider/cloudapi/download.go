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

// mediaHosts end the names of the hosts that Meta's links lead to: "the URL will
// begin with https://lookaside.fbsbx.com". The link wants the access token, so a
// link to anywhere else is not followed.
const mediaHosts = ".fbsbx.com"

// Download fetches the bytes of a media object from its link, with the access
// token; the caller closes them. A read fails with provider.ErrAltered when they
// do not match info. Failures may count: see provider.Limits, FailedReadsPerHour.
func (c *Client) Download(ctx context.Context, info provider.Info) (io.ReadCloser, error) {
	const op = "GET the media's link"
	link, err := url.Parse(info.URL.Reveal())
	if err != nil || !c.trusts(link) {
		return nil, &provider.Error{Op: op, Cause: provider.CausePermanent, Err: errForeignLink}
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

// errForeignLink does not repeat the link, which carries its own permission.
var errForeignLink = errors.New("the link leads neither to a host of Meta's for media nor to the API's own: the access token must not go there")

// trusts takes Meta's hosts for media and the API's own, which has the token
// already.
func (c *Client) trusts(link *url.URL) bool {
	base, err := url.Parse(c.bearer.BaseURL)
	if err != nil {
		return false
	}
	own := link.Scheme == base.Scheme && link.Host == base.Host
	return own || link.Scheme == "https" && link.Port() == "" && strings.HasSuffix(link.Hostname(), mediaHosts)
}
