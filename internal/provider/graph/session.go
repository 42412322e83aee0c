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

// OpenSession opens an upload session for one file. It creates nothing that
// lasts, so it may be repeated freely.
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
	var answer idAnswer
	err := c.SessionAPI.Call(ctx, provider.Request{
		Op: op, Method: http.MethodPost, Path: c.Routes.Uploads + "?" + query.Encode(),
	}, &answer)
	return media.SessionID(answer.ID), provider.OfAccount(err)
}

// SendSession sends the rest of a file into a session and gives the handle.
//
// Before anything is sent a second time, SessionOffset must be asked: after any
// failure the API may have taken some of the bytes. provider.CauseOffset says
// that this alone is what is missing; provider.CauseSession that the session is
// of no more use. It is of none, too, when its offset is the length, since then
// the answer with the handle was lost, or is beyond the length.
func (c *Client) SendSession(ctx context.Context, s media.SessionID, part provider.Part) (media.Handle, error) {
	const op = "POST /upload:{session}"
	if c.NoHandles != nil {
		return "", notSent(op, c.NoHandles)
	}
	if part.Length() <= 0 {
		return "", &provider.Error{Op: op, Cause: provider.CauseSession, Err: errNothingLeft}
	}
	var answer handleAnswer
	err := c.SessionAPI.Call(ctx, provider.Request{
		Op: op, Method: http.MethodPost, Path: c.session(s),
		Header: http.Header{
			"Content-Type": {part.Object.Type},
			// HTTP names are case-insensitive: net/http writes File_offset.
			"File_offset": {strconv.FormatInt(part.Offset, 10)},
		},
		Body: provider.NewBody(part.Body, part.Length()),
	}, &answer)
	return media.Handle(answer.Handle), inSession(err, true)
}

var errNothingLeft = errors.New("nothing is left to send, and the session gives its handle only once")

// SessionOffset asks how many bytes the session holds. It is a read: see
// provider.Limits, FailedReadsPerHour.
func (c *Client) SessionOffset(ctx context.Context, s media.SessionID) (int64, error) {
	const op = "GET /upload:{session}"
	if c.NoHandles != nil {
		return 0, notSent(op, c.NoHandles)
	}
	var answer offsetAnswer
	err := c.SessionAPI.Call(ctx, provider.Request{
		Op: op, Method: http.MethodGet, Path: c.session(s),
	}, &answer)
	if err != nil {
		return 0, inSession(err, false)
	}
	return int64(*answer.Offset), nil
}

// session escapes nothing: an id holds "?sig=…", and its signature covers its
// bytes as they came.
func (c *Client) session(s media.SessionID) string { return c.Routes.Version + "/" + string(s) }

// inSession gives an error the cause that it has inside a session, where no
// answer is ambiguous, since the offset can be asked for.
func inSession(err error, sending bool) error {
	var e *provider.Error
	if !errors.As(err, &e) || e.Cause == provider.CauseAuth || e.Cause == provider.CauseRate {
		return err
	}
	inside := *e
	switch {
	case gone(e):
		inside.Cause = provider.CauseSession
	case sending && unfinished(e.Status):
		inside.Cause = provider.CauseOffset
	}
	return &inside
}

// gone covers what the API says of a session that it does not know. Neither
// page states it: these are its codes for an object that does not exist (33,
// 803), for a parameter that is not valid (100) and for a signature that does
// not fit (104).
func gone(e *provider.Error) bool {
	switch e.Code {
	case 33, 100, 104, 803:
		return true
	}
	return e.Status == http.StatusNotFound || e.Status == http.StatusGone
}

// unfinished: no answer at all, a success without a handle, 206 as Meta's sibling
// protocol answers a part, and 412 for an offset that is not the session's.
func unfinished(status int) bool {
	return status == 0 || status/100 == 2 || status == http.StatusPreconditionFailed
}

type handleAnswer struct {
	Handle string `json:"h"`
}

func (a handleAnswer) Complete() bool { return a.Handle != "" }

type offsetAnswer struct {
	Offset *provider.Integer `json:"file_offset"`
}

func (a offsetAnswer) Complete() bool { return a.Offset != nil && *a.Offset >= 0 }
