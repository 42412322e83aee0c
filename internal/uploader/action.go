package uploader

import "mediarelay/internal/reason"

// Action is what the machine wants done. Every action but Idle ends what ran
// before: the driver aborts its request or its timer first.
type Action interface{ action() }

type (
	// Idle changes nothing: what runs goes on.
	Idle struct{}
	// Send is one request. The driver adds the token.
	Send struct {
		Request int
		Purpose Purpose
		Method  string
		URL     string
		// Offset and Length say which bytes of the file are the body.
		Offset, Length int64
		// Checksum asks for the header Upload-Checksum with the body's SHA-256.
		// A driver that cannot make it leaves it out.
		Checksum bool
		Headers  []Header
		// StallAfter is how many milliseconds may pass without a byte.
		StallAfter int64
	}
	// Watch follows the upload's events at URL until it reports an end.
	Watch struct {
		Request    int
		URL        string
		StallAfter int64
	}
	// Wait does nothing for a time, then Due.
	Wait struct {
		Milliseconds int64
		Reason       WaitReason
	}
	// NeedToken waits for TokenReady. It comes again after TokenDenied: an upload
	// waits for its token as long as it takes, and the driver sets the pace.
	NeedToken struct{}
	// Paused waits for Resume or Cancel.
	Paused struct{}
	// Done: the asset is in the library.
	Done struct{}
	// Refused: the server's verdict on the stored bytes is no.
	Refused struct{}
	// Failed: the machine cannot go on by itself. Retry goes on from what is safe.
	Failed struct {
		Code      reason.Code
		Retryable bool
		Facts     []reason.Fact
	}
	// Cancelled: given up by the person.
	Cancelled struct{}
)

// Header is one header field of a request.
type Header struct{ Name, Value string }

// Purpose says what a request is for.
type Purpose string

// The purposes of a request.
const (
	// Search asks the library for the file's digest; a 2xx answer that holds
	// every copy is reported as Known.
	Search Purpose = "search"
	Create Purpose = "create"
	// Ask asks for the offset.
	Ask Purpose = "ask"
	// Chunk sends bytes of the file.
	Chunk Purpose = "chunk"
	// Relay asks for a new attempt at the provider.
	Relay  Purpose = "relay"
	Delete Purpose = "delete"
)

// WaitReason says why the upload stands still.
type WaitReason string

// The reasons of a Wait.
const (
	// WaitOffline: no connection to the server.
	WaitOffline WaitReason = "offline"
	// WaitServer: the server answers, but cannot serve now.
	WaitServer WaitReason = "server"
	// WaitStalled: the connection stood still and was given up.
	WaitStalled WaitReason = "stalled"
	// WaitLocked: another request still holds the upload.
	WaitLocked WaitReason = "locked"
	// WaitRate: the server asks for fewer requests.
	WaitRate WaitReason = "rate"
)

// Ended reports whether the action is the last one, unless the person retries.
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
