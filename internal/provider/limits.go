package provider

import (
	"errors"
	"fmt"
	"time"

	"mediarelay/internal/media"
)

// Limits are the documented limits of one API. Zero means that none is documented.
type Limits struct {
	// Number identifies the phone number that the limits apply to: the same in every
	// replica and for every channel of the number, and never empty. It does not reveal
	// any part of a key.
	Number string
	// MediaBytes is the maximum size of a file for messages, inclusive.
	MediaBytes int64
	// MediaLifetime is how long a media object exists after its upload.
	MediaLifetime time.Duration
	// UploadsPerSecond is how many files one phone number may upload per second.
	UploadsPerSecond int
	// FailedReadsPerHour is how many reads of a phone number may fail before the API
	// blocks reading. Uploads do not count. Clients do not enforce this limit: a caller
	// of MediaInfo, Download or SessionOffset must count a failure for Number before the
	// call, and take it back after a success.
	FailedReadsPerHour int
	// NoHandles wraps ErrNoHandles and says why there are no upload sessions. Clients see
	// the text. Nil if there are.
	NoHandles error
}

// ErrNoHandles: the channel has no upload sessions, so it cannot create handles.
var ErrNoHandles = errors.New("this channel cannot create handles")

// Check rejects a file that the API would reject only after reading all of it.
func (l Limits) Check(o media.Object) error {
	if o.Type == "" || o.Type == "application/octet-stream" {
		return errUnknownType
	}
	if l.MediaBytes > 0 && o.Size > l.MediaBytes {
		return fmt.Errorf("the file has %d bytes, but this provider accepts at most %d", o.Size, l.MediaBytes)
	}
	return nil
}

var errUnknownType = errors.New("the file's media type is unknown, and the API requires a known one")
