package provider

import (
	"errors"
	"fmt"
	"time"

	"mediarelay/internal/media"
)

// Limits are what one API takes and how long it keeps it, as its pages say. A
// zero means that they say nothing.
type Limits struct {
	// Number names the phone number whose limits these are: the same text in every
	// replica and for every channel that uses the number, and never empty. No part
	// of a key can be read from it.
	Number string
	// MediaBytes is the largest file that is taken for messages, inclusive.
	MediaBytes int64
	// MediaLifetime is how long a media object lives, counted from its upload.
	MediaLifetime time.Duration
	// UploadsPerSecond is how many uploads of media one phone number may make.
	UploadsPerSecond int
	// FailedReadsPerHour is after how many failed reads a phone number must stop, or
	// reading is closed to it. Uploads do not count. A client sends what it is told
	// to: whoever makes it read (MediaInfo, Download, SessionOffset) books the
	// failure under Number beforehand, and gives it back after a success.
	FailedReadsPerHour int
	// NoHandles says why there are no upload sessions, in words that a client may
	// read too, and wraps ErrNoHandles; nil where there are.
	NoHandles error
}

// ErrNoHandles says that a channel has no upload sessions and so gives no handles.
var ErrNoHandles = errors.New("this channel gives no handles")

// Check says what keeps o from being sent at all: the API would read it to its
// last byte and then refuse it.
func (l Limits) Check(o media.Object) error {
	if o.Type == "" || o.Type == "application/octet-stream" {
		return errUnknownType
	}
	if l.MediaBytes > 0 && o.Size > l.MediaBytes {
		return fmt.Errorf("the file has %d bytes, and this provider takes no more than %d", o.Size, l.MediaBytes)
	}
	return nil
}

var errUnknownType = errors.New("the file's media type is not known, and the API takes none of that kind")
