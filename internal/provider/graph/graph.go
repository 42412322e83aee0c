// Package graph implements the requests of Meta's Graph API for media: media objects,
// upload sessions, messages and profile pictures. 360dialog accepts the same requests
// with other paths and another key, and forwards them.
//
// It leaves to others: paths, keys and downloads (dialog360, cloudapi), sending a request
// and classifying its errors (provider), and retries (relay).
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

// Client is a client for one phone number. It is safe for concurrent use. Its errors are
// of type *provider.Error.
type Client struct {
	// API sends every request except those of upload sessions.
	API *provider.API
	// SessionAPI sends those: Meta requires another authorization scheme for them.
	SessionAPI *provider.API
	Routes     Routes
	// Number is provider.Limits.Number.
	Number string
	// NoHandles is provider.Limits.NoHandles.
	NoHandles error
}

// Routes are the paths of one account. Each starts with a slash.
type Routes struct {
	Media, Messages, Profile string
	// Object returns the path of a media object, whose id is escaped already.
	Object func(escaped string) string
	// Uploads is the path that opens sessions.
	Uploads string
	// Version is written before a session's id; empty, or with a slash, as "/v23.0".
	Version string
}

// The limits of the Graph API.
const (
	// mediaLifetime starts with the upload. 360dialog writes "after last use", but Meta
	// does not ("persist for 30 days, unless deleted earlier"), so the shorter of the
	// two applies.
	mediaLifetime = 30 * 24 * time.Hour
	// uploadsPerSecond: "a limit of 25 requests per second (RPS) per phone number"
	// ("Upload, retrieve or delete media", Constraints).
	uploadsPerSecond = 25
	// failedReadsPerHour: the same page blocks after 20 failures in one place and
	// after "five (5) failed requests" in another. One less than the stricter.
	failedReadsPerHour = 4
)

// Limits returns the documented limits of the API.
func (c *Client) Limits() provider.Limits {
	return provider.Limits{
		Number:     c.Number,
		MediaBytes: media.MaxUploadBytes, MediaLifetime: mediaLifetime,
		UploadsPerSecond: uploadsPerSecond, FailedReadsPerHour: failedReadsPerHour,
		NoHandles: c.NoHandles,
	}
}

// product is the messaging_product of every form and message.
const product = "whatsapp"

// notSent returns the error of a request that the API would reject.
func notSent(op string, err error) error {
	return &provider.Error{Op: op, Cause: provider.CausePermanent, Err: err}
}

type idResponse struct {
	ID provider.Identifier `json:"id"`
}

func (r idResponse) Complete() bool { return r.ID != "" }

type successResponse struct {
	Success bool `json:"success"`
}

func (r successResponse) Complete() bool { return r.Success }
