package dialog360

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"mediarelay/internal/provider"
)

// Download fetches the bytes of a media object; the caller closes them. A read
// fails with provider.ErrAltered when they do not match info. Failures may count:
// see provider.Limits, FailedReadsPerHour.
//
// The link names Meta's host, which knows nothing of 360dialog's keys, so the
// documentation asks to put the API's own host in its place. Path and query
// carry a signature and stay as they came.
func (c *Client) Download(ctx context.Context, info provider.Info) (io.ReadCloser, error) {
	const op = "GET /whatsapp_business/attachments/"
	path, ok := pathAndQuery(info.URL.Reveal())
	if !ok {
		return nil, &provider.Error{Op: op, Cause: provider.CausePermanent, Err: errNoLink}
	}
	resp, err := c.API.Open(ctx, provider.Request{Op: op, Method: http.MethodGet, Path: path}) //nolint:bodyclose // the caller closes it, as verified
	if err != nil {
		return nil, err
	}
	return provider.Verified(resp.Body, info), nil
}

var errNoLink = errors.New("the API's answer holds no link to fetch the bytes from")

func pathAndQuery(link string) (string, bool) {
	_, rest, hasScheme := strings.Cut(link, "://")
	slash := strings.IndexByte(rest, '/')
	if !hasScheme || slash < 0 {
		return "", false
	}
	return rest[slash:], true
}
