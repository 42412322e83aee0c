package uploader

import "mediarelay/internal/reason"

// Action tells the driver what to do. Every action except Idle replaces the one
// before it: the driver first aborts that one's request or timer.
type Action interface{ action() }

type (
	// Idle changes nothing: the current action continues.
	Idle struct{}
	// Send makes one request. The driver adds the token.
	Send struct {
		Request int
		Purpose RequestPurpose
		Method  string
		URL     string
		// Offset and Length are the range of the file that is the body.
		Offset, Length int64
		// Checksum asks for the header Upload-Checksum with the body's SHA-256. A
		// driver that cannot compute it omits the header.
		Checksum bool
		Headers  []Header
		// StallAfter is the number of milliseconds without a byte after which the
		// driver aborts the request.
		StallAfter int64
	}
	// Watch follows the upload until it has ended. URL is its resource; how the driver
	// learns of its changes is the driver's choice.
	Watch struct {
		Request int
		URL     string
	}
	// Wait does nothing for some time, then sends Due.
	Wait struct {
		Milliseconds int64
		Reason       WaitReason
	}
	// NeedToken waits for TokenReady. It is repeated after TokenDenied: an upload
	// waits for a token without limit, and the driver decides how often to try.
	NeedToken struct{}
	// Paused waits for Resume or Cancel.
	Paused struct{}
	// Done: the asset is in the library.
	Done struct{}
	// Refused: the server has checked the stored bytes and refuses the file.
	Refused struct{}
	// Failed: the machine cannot continue by itself. Retry resumes from what the
	// server has.
	Failed struct {
		Code      reason.Code
		Retryable bool
		Facts     []reason.Fact
	}
	// Cancelled: the user has cancelled the upload.
	Cancelled struct{}
)

// Header is one header field of a request.
type Header struct{ Name, Value string }

// RequestPurpose says what a request is for.
type RequestPurpose string

// The purposes of a request.
const (
	// Search looks up the file's digest in the library. If a 2xx response lists
	// every copy that is needed, the driver reports Known, and the upload is created
	// without a byte: it names the file for this user.
	Search RequestPurpose = "search"
	// Create creates the upload, usually with the first chunk.
	Create RequestPurpose = "create"
	// Ask gets the offset.
	Ask RequestPurpose = "ask"
	// Chunk sends bytes of the file.
	Chunk RequestPurpose = "chunk"
	// Relay has the server retry the relay to the provider.
	Relay RequestPurpose = "relay"
	// Delete deletes the upload.
	Delete RequestPurpose = "delete"
)

// WaitReason says why the upload waits.
type WaitReason string

// The reasons of a Wait.
const (
	// WaitOffline: no connection to the server.
	WaitOffline WaitReason = "offline"
	// WaitServer: the server responds, but is temporarily unable to serve.
	WaitServer WaitReason = "server"
	// WaitStalled: the connection stalled and was aborted.
	WaitStalled WaitReason = "stalled"
	// WaitLocked: another request still has the upload's lock.
	WaitLocked WaitReason = "locked"
	// WaitRate: the server limits the rate of requests.
	WaitRate WaitReason = "rate"
)

// Ended reports whether the action is the last one, unless the user retries.
func Ended(a Action) bool {
	switch a.(type) {
	case Done, Refused, Failed, Cancelled:
		return true
	}
	return false
}

func (Idle) action()      {}
func (Send) action()      {}
func (Watch) action()     {}
func (Wait) action()      {}
func (NeedToken) action() {}
func (Paused) action()    {}
func (Done) action()      {}
func (Refused) action()   {}
func (Failed) action()    {}
func (Cancelled) action() {}
