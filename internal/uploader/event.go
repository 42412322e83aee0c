package uploader

import "mediarelay/internal/reason"

// Event is what a driver tells the machine.
type Event interface{ event() }

// What the person, or the page in their name, asks for.
type (
	// Start begins. A second Start does nothing.
	Start struct{}
	// Pause stops the running request.
	Pause struct{}
	// Resume ends a pause.
	Resume struct{}
	// Cancel ends the upload here and on the server.
	Cancel struct{}
	// Retry goes on after Failed, from what is already safe; it also ends a wait.
	// Given to a new machine it is a Start after a failure that another machine saw.
	Retry struct{}
)

// What the surroundings tell.
type (
	// Due says that the time of the last Wait is over.
	Due struct{}
	// Nudge ends any wait at once: the network is back.
	Nudge struct{}
	// TokenReady answers NeedToken.
	TokenReady struct{}
	// TokenDenied answers NeedToken when none can be had at the moment.
	TokenDenied struct{}
)

// What came of a request. Each names the request by the number that its action
// gave; the machine ignores what comes late from a request that it has given up.
type (
	// Answer is a response with headers, whatever its status.
	Answer struct {
		Request int
		Status  int
		// Offset is the Upload-Offset header, -1 without one.
		Offset int64
		// Location is the Location header, empty without one.
		Location string
		// RetryAfter is the Retry-After header in milliseconds from now, 0 without one.
		RetryAfter int64
		// Problem is the code of an application/problem+json body, empty without one.
		Problem reason.Code
		// Foreign says that nothing in the answer speaks of the media server: it
		// has neither the type application/problem+json nor the header
		// Tus-Resumable. Something on the way gave it in the server's place.
		Foreign bool
	}
	// Broken says that no response came.
	Broken struct {
		Request int
		// Stalled says that the driver gave up after StallAfter.
		Stalled bool
	}
	// Unsent says that the driver had no token to send the request with.
	Unsent struct{ Request int }
	// Unreadable says that the file's bytes can no longer be read.
	Unreadable struct{ Request int }
	// Known says that the library has the file with every copy that is asked for.
	Known struct{ Request int }
	// Watched is one state that the watched upload reported.
	Watched struct {
		Request int
		State   UploadState
		// Problem is the code of a failed relay, empty without one.
		Problem reason.Code
		// Final says that a new attempt would fail as well.
		Final bool
	}
)

// UploadState is the server's word for how far an upload is.
type UploadState string

// The states of GET /v1/uploads/{id}.
const (
	UploadUploading UploadState = "uploading"
	UploadChecking  UploadState = "checking"
	UploadRelaying  UploadState = "relaying"
	UploadDone      UploadState = "done"
	UploadRefused   UploadState = "refused"
	UploadFailed    UploadState = "failed"
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

// request gives the number of the request that an event speaks of.
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
