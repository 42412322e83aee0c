package uploader

import "mediarelay/internal/reason"

// Event is the driver's input to the machine.
type Event interface{ event() }

// Commands of the user, or of the page on the user's behalf.
type (
	// Start starts the upload. A second Start does nothing.
	Start struct{}
	// Pause aborts the request in flight.
	Pause struct{}
	// Resume ends a pause.
	Resume struct{}
	// Cancel ends the upload and deletes it on the server.
	Cancel struct{}
	// Retry resumes after Failed from what the server has; it also ends a wait. For
	// a new machine it is a Start after a failure that another machine has reported.
	Retry struct{}
)

// Events of timers, the network and the token provider.
type (
	// Due: the time of the last Wait is over.
	Due struct{}
	// Nudge ends any wait: the network is back.
	Nudge struct{}
	// TokenReady answers NeedToken.
	TokenReady struct{}
	// TokenDenied answers NeedToken: no token is available at the moment.
	TokenDenied struct{}
)

// Results of a request. Each has the request's number from its action. The machine
// ignores late results of requests that it has abandoned.
type (
	// Answer is a response with any status.
	Answer struct {
		Request int
		Status  int
		// Offset is the Upload-Offset header; -1 if it is missing.
		Offset int64
		// Location is the Location header; empty if it is missing.
		Location string
		// RetryAfter is the Retry-After header in milliseconds from now; 0 if it is
		// missing.
		RetryAfter int64
		// Problem is the code of an application/problem+json body; empty if there is
		// none.
		Problem reason.Code
		// Foreign is true if the response has neither the type
		// application/problem+json nor the header Tus-Resumable. Then it comes from
		// a proxy or gateway, not from the media server.
		Foreign bool
		// Page is true if a foreign response is an HTML page, such as the sign-in page of
		// a network or of a gateway. It may have any status, also 200.
		Page bool
	}
	// Broken: the request ended without a response.
	Broken struct {
		Request int
		// Stalled is true if the driver aborted the request after StallAfter.
		Stalled bool
	}
	// Unsent: the driver had no token for the request.
	Unsent struct{ Request int }
	// Unreadable: the file can no longer be read.
	Unreadable struct{ Request int }
	// Known: the library has the file, with every copy that is needed.
	Known struct{ Request int }
	// Watched is a report of the upload's state.
	Watched struct {
		Request int
		State   ServerState
		// Problem is the code of a failed relay; empty if there is none.
		Problem reason.Code
		// Final is true if another attempt would fail too.
		Final bool
	}
)

// ServerState is the state of an upload on the server.
type ServerState string

// The states of GET /v1/uploads/{id}.
const (
	StateUploading ServerState = "uploading"
	StateChecking  ServerState = "checking"
	StateRelaying  ServerState = "relaying"
	StateDone      ServerState = "done"
	StateRefused   ServerState = "refused"
	StateFailed    ServerState = "failed"
)

func (Start) event()       {}
func (Pause) event()       {}
func (Resume) event()      {}
func (Cancel) event()      {}
func (Retry) event()       {}
func (Due) event()         {}
func (Nudge) event()       {}
func (TokenReady) event()  {}
func (TokenDenied) event() {}
func (Answer) event()      {}
func (Broken) event()      {}
func (Unsent) event()      {}
func (Unreadable) event()  {}
func (Known) event()       {}
func (Watched) event()     {}

// request returns the number of the request that an event is about.
func request(e Event) (number int, ok bool) {
	switch e := e.(type) {
	case Answer:
		return e.Request, true
	case Broken:
		return e.Request, true
	case Unsent:
		return e.Request, true
	case Unreadable:
		return e.Request, true
	case Known:
		return e.Request, true
	case Watched:
		return e.Request, true
	}
	return 0, false
}
