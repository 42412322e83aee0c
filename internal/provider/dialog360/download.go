package dialog360

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"net/http"
	"strings"

	"mediarelay/internal/provider"
)

// ErrAltered says that downloaded bytes are not those that the API described.
var ErrAltered = errors.New("dialog360: the downloaded bytes differ from the size or digest that the API gave")

// Download fetches the bytes of a media object; the caller closes them. A read
// fails with ErrAltered when they do not match info.
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
	resp, err := c.api.Open(ctx, provider.Request{Op: op, Method: http.MethodGet, Path: path}) //nolint:bodyclose // the caller closes it, as checked
	if err != nil {
		return nil, err
	}
	return &checked{
		Closer: resp.Body, from: provider.Exactly(resp.Body, info.Size),
		sum: sha256.New(), want: info.SHA256,
	}, nil
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

// checked compares what was read with what was promised, at its end.
type checked struct {
	io.Closer
	from io.Reader
	sum  hash.Hash
	want string
}

func (c *checked) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.sum.Write(p[:n])
	switch {
	case errors.Is(err, provider.ErrBodyLength):
		return n, ErrAltered
	case errors.Is(err, io.EOF) && hex.EncodeToString(c.sum.Sum(nil)) != c.want:
		return n, ErrAltered
	}
	return n, err
}
