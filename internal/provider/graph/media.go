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

// UploadMedia sends a whole file for use in messages. Body gives o.Size bytes.
//
// The API has no idempotency key: after provider.CauseAmbiguous a second attempt
// may leave a second media object, which nobody uses and which ends by itself.
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
	var answer idAnswer
	err = c.API.Call(ctx, provider.Request{
		Op: op, Method: http.MethodPost, Path: c.Routes.Media, Creates: true,
		Header: http.Header{"Content-Type": {form.ContentType}},
		Body:   form.Body,
	}, &answer)
	return media.MediaID(answer.ID), provider.OfAccount(err)
}

// MediaInfo asks what the API holds under id and where to fetch it. Its failures
// count, so each call is booked first: see provider.Limits, FailedReadsPerHour.
// The API asks not to repeat one that it answered with 400.
func (c *Client) MediaInfo(ctx context.Context, id media.MediaID) (provider.Info, error) {
	var answer infoAnswer
	err := c.API.Call(ctx, provider.Request{
		Op: "GET /{media-id}", Method: http.MethodGet, Path: c.object(id),
	}, &answer)
	if err != nil {
		return provider.Info{}, err
	}
	return provider.Info{
		ID: id, URL: answer.URL, Type: answer.Type,
		SHA256: answer.SHA256, Size: int64(answer.Size),
	}, nil
}

// DeleteMedia deletes what the API holds under id. That it does not exist is a
// success.
func (c *Client) DeleteMedia(ctx context.Context, id media.MediaID) error {
	var answer successAnswer
	err := c.API.Call(ctx, provider.Request{
		Op: "DELETE /{media-id}", Method: http.MethodDelete, Path: c.object(id),
	}, &answer)
	var e *provider.Error
	if errors.As(err, &e) && e.NotFound() {
		return nil
	}
	return err
}

// object: a media ID is data, and never a path.
func (c *Client) object(id media.MediaID) string { return c.Routes.Object(url.PathEscape(string(id))) }

type infoAnswer struct {
	URL    provider.Secret  `json:"url"`
	Type   string           `json:"mime_type"`
	SHA256 string           `json:"sha256"`
	Size   provider.Integer `json:"file_size"`
}

func (a infoAnswer) Complete() bool { return a.URL != "" && a.SHA256 != "" }
