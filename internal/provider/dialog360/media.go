package dialog360

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
	if o.Type == "" || o.Type == "application/octet-stream" {
		return "", &provider.Error{Op: op, Cause: provider.CausePermanent, Err: errUnknownType}
	}
	form, err := provider.NewForm(
		[]provider.FormField{{Name: "messaging_product", Value: "whatsapp"}},
		provider.FormFile{Field: "file", Filename: provider.WireFilename(o.Filename, o.Type), Type: o.Type, Size: o.Size, Body: body},
	)
	if err != nil {
		return "", &provider.Error{Op: op, Cause: provider.CauseTemporary, Err: err}
	}
	var answer idAnswer
	err = c.api.Call(ctx, provider.Request{
		Op: op, Method: http.MethodPost, Path: "/media", Creates: true,
		Header: http.Header{"Content-Type": {form.ContentType}},
		Body:   form.Body, Length: form.Length,
	}, &answer)
	return media.MediaID(answer.ID), err
}

// The API would answer a file of unknown type with code 100 after its last byte.
var errUnknownType = errors.New("the file's media type is not known, and the API takes none of that kind")

// MediaInfo asks what the API holds under id and where to fetch it. Failures
// count: after 20 within an hour the API blocks this request for 30 minutes.
func (c *Client) MediaInfo(ctx context.Context, id media.MediaID) (provider.Info, error) {
	var answer infoAnswer
	err := c.api.Call(ctx, provider.Request{
		Op: "GET /{media-id}", Method: http.MethodGet, Path: mediaPath(id),
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
	var answer deletedAnswer
	err := c.api.Call(ctx, provider.Request{
		Op: "DELETE /{media-id}", Method: http.MethodDelete, Path: mediaPath(id),
	}, &answer)
	var e *provider.Error
	if errors.As(err, &e) && e.NotFound() {
		return nil
	}
	return err
}

func mediaPath(id media.MediaID) string { return "/" + url.PathEscape(string(id)) }

type idAnswer struct {
	ID string `json:"id"`
}

func (a idAnswer) Complete() bool { return a.ID != "" }

type infoAnswer struct {
	URL    provider.Secret  `json:"url"`
	Type   string           `json:"mime_type"`
	SHA256 string           `json:"sha256"`
	Size   provider.Integer `json:"file_size"`
}

func (a infoAnswer) Complete() bool { return a.URL != "" && a.SHA256 != "" }

type deletedAnswer struct {
	Success bool `json:"success"`
}

func (a deletedAnswer) Complete() bool { return a.Success }
