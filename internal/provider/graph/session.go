package graph

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"mediarelay/internal/media"
	"mediarelay/internal/provider"
)

// OpenSession opens an upload session for one file. It may be repeated: an unused
// session has no effect.
func (c *Client) OpenSession(ctx context.Context, o media.Object) (media.SessionID, error) {
	const op = "POST /uploads"
	if c.NoHandles != nil {
		return "", notSent(op, c.NoHandles)
	}
	query := url.Values{
		"file_name":   {provider.WireFilename(o.Filename, o.Type)},
		"file_length": {strconv.FormatInt(o.Size, 10)},
		"file_type":   {o.Type},
	}
	var response idResponse
	err := c.SessionAPI.Call(ctx, provider.Request{
		Op: op, Method: http.MethodPost, Path: c.Routes.Uploads + "?" + query.Encode(),
	}, &response)
	return media.SessionID(response.ID), provider.AccountError(err)
}

// SendSession sends the rest of a file into a session and returns the handle.
//
// After any failure the API may have stored some of the bytes, so call SessionOffset
// before sending again. provider.CauseOffset means that this is all that is needed;
// provider.CauseSession means that the session cannot be used any more. Neither can a
// session whose offset is the length, since the response with the handle was lost, nor
// one whose offset exceeds it.
func (c *Client) SendSession(ctx context.Context, s media.SessionID, part provider.Part) (media.Handle, error) {
	const op = "POST /upload:{session}"
	if c.NoHandles != nil {
		return "", notSent(op, c.NoHandles)
	}
	if part.Length() <= 0 {
		return "", &provider.Error{Op: op, Cause: provider.CauseSession, Err: errNothingLeft}
	}
	var response handleResponse
	err := c.SessionAPI.Call(ctx, provider.Request{
		Op: op, Method: http.MethodPost, Path: c.session(s),
		Header: http.Header{
			"Content-Type": {part.Object.Type},
			// HTTP names are case-insensitive: net/http writes File_offset.
			"File_offset": {strconv.FormatInt(part.Offset, 10)},
		},
		Body: provider.NewBody(part.Body, part.Length()),
	}, &response)
	return media.Handle(response.Handle), inSession(err, true)
}

var errNothingLeft = errors.New("all bytes are sent, and a session returns its handle only once")

// SessionOffset returns how many bytes the session has. Failures count: see
// provider.Limits.FailedReadsPerHour.
func (c *Client) SessionOffset(ctx context.Context, s media.SessionID) (int64, error) {
	const op = "GET /upload:{session}"
	if c.NoHandles != nil {
		return 0, notSent(op, c.NoHandles)
	}
	var response offsetResponse
	err := c.SessionAPI.Call(ctx, provider.Request{
		Op: op, Method: http.MethodGet, Path: c.session(s),
	}, &response)
	if err != nil {
		return 0, inSession(err, false)
	}
	return int64(*response.Offset), nil
}

// session returns the path of a session. The id is not escaped: it contains "?sig=…",
// and the signature covers its exact bytes.
func (c *Client) session(s media.SessionID) string { return c.Routes.Version + "/" + string(s) }

// inSession corrects the cause of an error in a session. No failure is ambiguous there,
// since the offset can be requested.
func inSession(err error, sending bool) error {
	var e *provider.Error
	if !errors.As(err, &e) || e.Cause == provider.CauseAuth || e.Cause == provider.CauseRate {
		return err
	}
	inside := *e
	switch {
	case unknownSession(e):
		inside.Cause = provider.CauseSession
	case sending && incomplete(e.Status):
		inside.Cause = provider.CauseOffset
	}
	return &inside
}

// unknownSession reports whether the API does not know the session. Neither page documents
// the error: these are its codes for an object that does not exist (33, 803), an invalid
// parameter (100) and an invalid signature (104).
func unknownSession(e *provider.Error) bool {
	switch e.Code {
	case 33, 100, 104, 803:
		return true
	}
	return e.Status == http.StatusNotFound || e.Status == http.StatusGone
}

// incomplete reports whether the session needs its offset requested: there was no
// response, a success without a handle, a 206, which Meta's other upload protocol uses
// for a part, or a 412, the wrong offset.
func incomplete(status int) bool {
	return status == 0 || status/100 == 2 || status == http.StatusPreconditionFailed
}

type handleResponse struct {
	Handle string `json:"h"`
}

func (r handleResponse) Complete() bool { return r.Handle != "" }

type offsetResponse struct {
	Offset *provider.Integer `json:"file_offset"`
}

func (r offsetResponse) Complete() bool { return r.Offset != nil && *r.Offset >= 0 }
