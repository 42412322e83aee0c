package onprem

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"

	"mediarelay/internal/media"
	"mediarelay/internal/provider"
)

// wireTypes maps types to their Content-Type: "the base audio/ogg type is not supported"
// ("Supported Content-Types"). The codec was checked to be Opus before.
var wireTypes = map[string]string{"audio/ogg": "audio/ogg; codecs=opus"}

// UploadMedia sends a whole file for use in messages. Body must have o.Size bytes. The
// name of the file is not sent: a message has the name of its document.
//
// The API has no idempotency key: after provider.CauseAmbiguous another attempt may
// create a second media object, which stays unused until it expires.
func (c *Client) UploadMedia(ctx context.Context, o media.Object, body io.Reader) (media.MediaID, error) {
	const op = "POST /v1/media"
	if err := c.Limits().Check(o); err != nil {
		return "", &provider.Error{Op: op, Cause: provider.CausePermanent, Err: err}
	}
	contentType := o.Type
	if wire, ok := wireTypes[o.Type]; ok {
		contentType = wire
	}
	var response mediaResponse
	err := c.api.Call(ctx, provider.Request{
		Op: op, Method: http.MethodPost, Path: "/v1/media", Creates: true,
		Header: http.Header{"Content-Type": {contentType}},
		Body:   provider.NewBody(body, o.Size),
	}, &response)
	return response.id(), provider.AccountError(err)
}

// Download returns the bytes of the media object info.ID; the caller closes the reader. If
// info has a digest, Read fails with provider.ErrAltered if the bytes do not match. The
// API itself provides neither size nor digest.
func (c *Client) Download(ctx context.Context, info provider.Info) (io.ReadCloser, error) {
	resp, err := c.api.Open(ctx, provider.Request{ //nolint:bodyclose // the caller closes it, as verified
		Op: "GET /v1/media/{media-id}", Method: http.MethodGet, Path: mediaPath(info.ID),
	})
	if err != nil {
		return nil, err
	}
	return provider.Verified(resp.Body, info), nil
}

// DeleteMedia deletes the media object id. It succeeds if that does not exist.
func (c *Client) DeleteMedia(ctx context.Context, id media.MediaID) error {
	// The body of the response is not documented, so only the status counts.
	resp, err := c.api.Open(ctx, provider.Request{
		Op: "DELETE /v1/media/{media-id}", Method: http.MethodDelete, Path: mediaPath(id),
	})
	var e *provider.Error
	if errors.As(err, &e) && e.NotFound() {
		return nil
	}
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func mediaPath(id media.MediaID) string { return "/v1/media/" + url.PathEscape(string(id)) }

type mediaResponse struct {
	Media []struct {
		ID provider.Identifier `json:"id"`
	} `json:"media"`
}

func (r mediaResponse) Complete() bool { return r.id() != "" }

func (r mediaResponse) id() media.MediaID {
	if len(r.Media) == 0 {
		return ""
	}
	return media.MediaID(r.Media[0].ID)
}
