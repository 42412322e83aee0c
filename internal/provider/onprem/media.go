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

// wireTypes gives a type another spelling on the wire: "the base audio/ogg type
// is not supported" ("Supported Content-Types"). That the codec is Opus was
// checked before.
var wireTypes = map[string]string{"audio/ogg": "audio/ogg; codecs=opus"}

// UploadMedia sends a whole file for use in messages, as the body itself. Its
// name is not sent: a document's stands in the message. Body gives o.Size bytes.
//
// The API has no idempotency key: after provider.CauseAmbiguous a second attempt
// may leave a second media object, which nobody uses and which ends by itself.
func (c *Client) UploadMedia(ctx context.Context, o media.Object, body io.Reader) (media.MediaID, error) {
	const op = "POST /v1/media"
	if err := c.Limits().Check(o); err != nil {
		return "", &provider.Error{Op: op, Cause: provider.CausePermanent, Err: err}
	}
	contentType := o.Type
	if wire, ok := wireTypes[o.Type]; ok {
		contentType = wire
	}
	var answer mediaAnswer
	err := c.api.Call(ctx, provider.Request{
		Op: op, Method: http.MethodPost, Path: "/v1/media", Creates: true,
		Header: http.Header{"Content-Type": {contentType}},
		Body:   provider.NewBody(body, o.Size),
	}, &answer)
	return answer.id(), provider.OfAccount(err)
}

// Download fetches the bytes of the media object info.ID; the caller closes
// them. The API says nothing else of it. Where info has a digest, a read fails
// with provider.ErrAltered when the bytes do not match.
func (c *Client) Download(ctx context.Context, info provider.Info) (io.ReadCloser, error) {
	resp, err := c.api.Open(ctx, provider.Request{ //nolint:bodyclose // the caller closes it, as verified
		Op: "GET /v1/media/{media-id}", Method: http.MethodGet, Path: mediaPath(info.ID),
	})
	if err != nil {
		return nil, err
	}
	return provider.Verified(resp.Body, info), nil
}

// DeleteMedia deletes what the API holds under id. That it does not exist is a
// success.
func (c *Client) DeleteMedia(ctx context.Context, id media.MediaID) error {
	// No page shows the answer's body, so the status alone counts.
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

type mediaAnswer struct {
	Media []struct {
		ID provider.Identifier `json:"id"`
	} `json:"media"`
}

func (a mediaAnswer) Complete() bool { return a.id() != "" }

func (a mediaAnswer) id() media.MediaID {
	if len(a.Media) == 0 {
		return ""
	}
	return media.MediaID(a.Media[0].ID)
}
