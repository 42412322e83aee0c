package dialog360

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"mediarelay/internal/provider"
)

// Download returns the bytes of a media object; the caller closes the reader. Read fails
// with provider.ErrAltered if they do not match info. Failures may count: see
// provider.Limits.FailedReadsPerHour.
//
// The link has Meta's host, which does not accept 360dialog's keys. As the documentation
// requires, Download replaces it by the API's host. It does not change path and query,
// which contain a signature.
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

var errNoLink = errors.New("the API's response has no download link")

func pathAndQuery(link string) (string, bool) {
	_, rest, hasScheme := strings.Cut(link, "://")
	slash := strings.IndexByte(rest, '/')
	if !hasScheme || slash < 0 {
		return "", false
	}
	return rest[slash:], true
}
