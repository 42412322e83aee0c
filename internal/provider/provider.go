// Package provider contains what the APIs of all providers have in common: a request and
// its response (API), bodies of known length (Body, Form), an error with its cause
// (Error), limits (Limits), a message (Message), file names that are safe on the wire,
// and secrets that cannot be printed.
//
// It leaves to others: the paths and fields of one API (dialog360, cloudapi, onprem), and
// retries (relay). A request is sent once.
package provider

import (
	"io"

	"mediarelay/internal/media"
)

// Part is the rest of a file, from Offset to its end, which one request sends into an
// upload session.
type Part struct {
	Object media.Object
	// Offset is where Body starts, in bytes: zero, or the offset of the session.
	Offset int64
	// Body must have exactly Object.Size - Offset bytes. A blocked Read must return when
	// the request's context is cancelled.
	Body io.Reader
}

// Length is the number of bytes that Body must have.
func (p Part) Length() int64 { return p.Object.Size - p.Offset }

// Info describes a media object that a provider stores.
type Info struct {
	ID media.MediaID
	// URL is the address of the bytes, valid for five minutes. It contains its own
	// authorization, so it is treated like a key.
	URL Secret
	// Type is the media type that the object was uploaded with.
	Type string
	// SHA256 is the digest of the bytes in lower-case hexadecimal.
	SHA256 string
	// Size is the length in bytes.
	Size int64
}
