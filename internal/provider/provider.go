// Package provider holds what the APIs that Mediarelay relays to have in common:
// one request and its answer (API), one error with its cause (Error), what an API
// takes (Limits), one message (Message), bodies of known length (Form), file names
// that are safe on the wire, and secrets that cannot be printed.
//
// It leaves to others: the paths and fields of one API (dialog360, cloudapi,
// onprem), and everything about a second attempt, when and how often (relay). A
// request is sent once.
package provider

import (
	"io"

	"mediarelay/internal/media"
)

// Part is what is sent into an upload session in one request: the bytes of
// Object from Offset to its end.
type Part struct {
	Object media.Object
	// Offset is where Body begins, in bytes: zero, or what the session reported.
	Offset int64
	// Body gives exactly Object.Size - Offset bytes. A Read that waits must
	// return when the request's context ends.
	Body io.Reader
}

// Length is the number of bytes that Body must give.
func (p Part) Length() int64 { return p.Object.Size - p.Offset }

// Info is what a provider says about a media object that it holds.
type Info struct {
	ID media.MediaID
	// URL is where the bytes can be fetched for five minutes. It carries its own
	// permission, so it is kept like a key.
	URL Secret
	// Type is the media type that the object was uploaded with.
	Type string
	// SHA256 is the digest of the bytes in lower-case hexadecimal.
	SHA256 string
	// Size is the length in bytes.
	Size int64
}
