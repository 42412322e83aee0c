// Package graph speaks Meta's Graph API as far as it concerns media: media
// objects, upload sessions, messages, and where a handle goes. Meta takes these
// requests itself, and 360dialog takes the same requests under other paths and
// another key, and passes them on.
//
// It leaves to others: the paths, the keys and the way of a download (dialog360,
// cloudapi), the request and its errors (provider), and when a request is made
// again (relay).
//
// Sources: docs.360dialog.com, "Media Uploads", "Upload, retrieve or delete
// media" and "Media messages"; Meta's "Media Upload API" and "Resumable Upload
// API".
package graph

import (
	"time"

	"mediarelay/internal/media"
	"mediarelay/internal/provider"
)

// Client is one phone number. It is safe for use by several goroutines. Its
// errors are of type *provider.Error.
type Client struct {
	// API carries every request but those of upload sessions.
	API *provider.API
	// SessionAPI carries those: Meta wants another scheme of authorization there.
	SessionAPI *provider.API
	Routes     Routes
	// Number is provider.Limits.Number.
	Number string
	// NoHandles says why there are no upload sessions, and wraps
	// provider.ErrNoHandles; nil where there are.
	NoHandles error
}

// Routes are the paths of one account. Each begins with a slash.
type Routes struct {
	Media, Messages, Profile string
	// Object is the path of a media object, with its id escaped.
	Object func(escaped string) string
	// Uploads opens sessions.
	Uploads string
	// Version goes before a session's id, which follows byte for byte; empty, or
	// with its slash, as "/v23.0".
	Version string
}

// The limits of the Graph API.
const (
	// mediaLifetime counts from the upload. 360dialog writes "after last use"; Meta
	// does not ("persist for 30 days, unless deleted earlier"), so the shorter
	// reading holds.
	mediaLifetime = 30 * 24 * time.Hour
	// uploadsPerSecond: "a limit of 25 requests per second (RPS) per phone number"
	// ("Upload, retrieve or delete media", Constraints).
	uploadsPerSecond = 25
	// failedReadsPerHour: the same page blocks after 20 failures in one place and
	// after "five (5) failed requests" in another. One less than the stricter.
	failedReadsPerHour = 4
)

// Limits are what this API takes and keeps.
func (c *Client) Limits() provider.Limits {
	return provider.Limits{
		Number:     c.Number,
		MediaBytes: media.MaxUploadBytes, MediaLifetime: mediaLifetime,
		UploadsPerSecond: uploadsPerSecond, FailedReadsPerHour: failedReadsPerHour,
		NoHandles: c.NoHandles,
	}
}

// product is what every form and message of this API names.
const product = "whatsapp"

// notSent is a request that would be refused and so is not made.
func notSent(op string, err error) error {
	return &provider.Error{Op: op, Cause: provider.CausePermanent, Err: err}
}

type idAnswer struct {
	ID provider.Identifier `json:"id"`
}

func (a idAnswer) Complete() bool { return a.ID != "" }

type successAnswer struct {
	Success bool `json:"success"`
}

func (a successAnswer) Complete() bool { return a.Success }
