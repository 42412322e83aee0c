package graph

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"

	"mediarelay/internal/media"
	"mediarelay/internal/provider"
)

// UploadMedia sends a whole file for use in messages. Body must have o.Size bytes.
//
// The API has no idempotency key: after provider.CauseAmbiguous another attempt may
// create a second media object, which stays unused until it expires.
func (c *Client) UploadMedia(ctx context.Context, o media.Object, body io.Reader) (media.MediaID, error) {
	const op = "POST /media"
	if err := c.Limits().Check(o); err != nil {
		return "", notSent(op, err)
	}
	form, err := provider.NewForm(
		[]provider.FormField{{Name: "messaging_product", Value: product}},
		provider.FormFile{Field: "file", Filename: provider.WireFilename(o.Filename, o.Type), Type: o.Type, Size: o.Size, Content: body},
	)
	if err != nil {
		return "", &provider.Error{Op: op, Cause: provider.CauseTemporary, Err: err}
	}
	var response idResponse
	err = c.API.Call(ctx, provider.Request{
		Op: op, Method: http.MethodPost, Path: c.Routes.Media, Creates: true,
		Header: http.Header{"Content-Type": {form.ContentType}},
		Body:   form.Body,
	}, &response)
	return media.MediaID(response.ID), provider.AccountError(err)
}

// MediaInfo returns what the API stores under id and the link to download it. Failures
// count: see provider.Limits.FailedReadsPerHour. The API asks not to repeat a request
// that got a 400.
func (c *Client) MediaInfo(ctx context.Context, id media.MediaID) (provider.Info, error) {
	var response infoResponse
	err := c.API.Call(ctx, provider.Request{
		Op: "GET /{media-id}", Method: http.MethodGet, Path: c.object(id),
	}, &response)
	if err != nil {
		return provider.Info{}, err
	}
	return provider.Info{
		ID: id, URL: response.URL, Type: response.Type,
		SHA256: response.SHA256, Size: int64(response.Size),
	}, nil
}

// DeleteMedia deletes the media object id. It succeeds if that does not exist.
func (c *Client) DeleteMedia(ctx context.Context, id media.MediaID) error {
	var response successResponse
	err := c.API.Call(ctx, provider.Request{
		Op: "DELETE /{media-id}", Method: http.MethodDelete, Path: c.object(id),
	}, &response)
	var e *provider.Error
	if errors.As(err, &e) && e.NotFound() {
		return nil
	}
	return err
}

// object returns the path of a media object. The id is escaped, since it is not a path.
func (c *Client) object(id media.MediaID) string { return c.Routes.Object(url.PathEscape(string(id))) }

type infoResponse struct {
	URL    provider.Secret  `json:"url"`
	Type   string           `json:"mime_type"`
	SHA256 string           `json:"sha256"`
	Size   provider.Integer `json:"file_size"`
}

func (r infoResponse) Complete() bool { return r.URL != "" && r.SHA256 != "" }
