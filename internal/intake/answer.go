package intake

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tus/tusd/v2/pkg/handler"

	"mediarelay/internal/library"
	"mediarelay/internal/problem"
	"mediarelay/internal/reason"
	"mediarelay/internal/tusproto"
)

// Our own errors, in the form that tusd hands through.
var (
	errStorageFull = handler.NewError("ERR_STORAGE_FULL", "no space left", http.StatusInsufficientStorage)
	errUnavailable = handler.NewError("ERR_UNAVAILABLE", "try again", http.StatusServiceUnavailable)
	errKeyTaken    = handler.NewError("ERR_KEY_TAKEN", "another request made the upload", http.StatusLocked)
	errChecksum    = handler.NewError("ERR_CHECKSUM_MISMATCH", "send it again", tusproto.StatusChecksumMismatch)
	errBusy        = handler.NewError("ERR_UPLOAD_BUSY", "the upload is being relayed", http.StatusConflict)
)

// problems translates tusd's error codes, and ours above. A code that is not
// here is an internal error.
var problems = map[string]func() problem.Problem{
	"ERR_STORAGE_FULL": problem.StorageFull,
	"ERR_UNAVAILABLE":  problem.Unavailable,
	"ERR_KEY_TAKEN":    problem.Locked,
	"ERR_CHECKSUM_MISMATCH": func() problem.Problem {
		return problem.New(tusproto.StatusChecksumMismatch, reason.ProblemChecksumMismatch,
			"The body is not what Upload-Checksum says. None of it is kept; send it again from the same offset.")
	},
	"ERR_UPLOAD_BUSY": func() problem.Problem {
		return problem.Conflict("The file is on its way to the provider and cannot be cancelled now.")
	},
	"ERR_UNSUPPORTED_VERSION": func() problem.Problem {
		return problem.New(http.StatusPreconditionFailed, reason.ProblemUnsupportedVersion, "Send Tus-Resumable: "+tusproto.Version+".")
	},
	"ERR_MAX_SIZE_EXCEEDED": problem.UploadTooLarge,
	"ERR_UPLOAD_SIZE_EXCEEDED": func() problem.Problem {
		return problem.BadRequest("The chunk reaches beyond the upload's length. Ask for the offset and send the rest.")
	},
	"ERR_INVALID_CONTENT_TYPE": func() problem.Problem {
		return problem.New(http.StatusUnsupportedMediaType, reason.ProblemUnsupportedContentType, "Send Content-Type: "+tusproto.ContentType+".")
	},
	"ERR_INVALID_UPLOAD_LENGTH": func() problem.Problem {
		return problem.BadRequest("Upload-Length cannot change after the creation. Send it without.")
	},
	"ERR_INVALID_OFFSET": func() problem.Problem {
		return problem.BadRequest("Send the number of the chunk's first byte as Upload-Offset.")
	},
	"ERR_NOT_IMPLEMENTED":   func() problem.Problem { return problem.BadRequest("Upload-Length cannot change after the creation.") },
	"ERR_UPLOAD_NOT_FOUND":  problem.NotFound,
	"ERR_UPLOAD_LOCKED":     problem.Locked,
	"ERR_LOCK_TIMEOUT":      problem.Locked,
	"ERR_MISMATCHED_OFFSET": problem.OffsetMismatch,
	// 423 and not tusd's 400: the client's own newer request took over, or will;
	// after a 400 tus-js-client gives up.
	"ERR_UPLOAD_INTERRUPTED": func() problem.Problem {
		return problem.New(http.StatusLocked, reason.ProblemInterrupted, "")
	},
	"ERR_SERVER_SHUTDOWN": problem.ShuttingDown,
	"ERR_UNEXPECTED_EOF": func() problem.Problem {
		return problem.BadRequest("The request's body ended early. Ask for the offset and go on.")
	},
	"ERR_READ_TIMEOUT":     problem.RequestTimeout,
	"ERR_CONNECTION_RESET": problem.RequestTimeout,
}

// answer passes tusd's good answers on, with what tusd lacks, and holds its bad
// ones back to write them as problems. It can be unwrapped, so that tusd sets
// read deadlines on the connection.
type answer struct {
	http.ResponseWriter
	request *http.Request
	intake  *Intake
	// access to the upload in question; of a new one, what was asked for.
	access *access
	// allowed lists the methods of the address.
	allowed string

	held int // the status of an answer that is held back
	text []byte
}

// Unwrap serves http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// WriteHeader passes a good status on and holds a bad one.
func (a *answer) WriteHeader(status int) {
	if status >= http.StatusBadRequest {
		a.held = status
		return
	}
	a.announce()
	a.ResponseWriter.WriteHeader(status)
}

// Write takes what tusd says of an error, which begins with its code.
func (a *answer) Write(p []byte) (int, error) {
	if a.held == 0 {
		return a.ResponseWriter.Write(p)
	}
	a.text = append(a.text, p...)
	return len(p), nil
}

// announce adds what the checksum and expiration extensions ask for.
//
// Source: tus 1.0.0, Checksum: Tus-Checksum-Algorithm in answers to OPTIONS;
// Expiration: Upload-Expires in RFC 9110 date format, on every answer that
// concerns an upload that may expire.
func (a *answer) announce() {
	h := a.Header()
	if extensions := h.Get("Tus-Extension"); extensions != "" {
		h.Set("Tus-Extension", extensions+",checksum,expiration")
		h.Set(tusproto.HeaderChecksumAlgorithm, checksumAlgorithms)
	}
	offset := h.Get(tusproto.HeaderOffset)
	created := h.Get(tusproto.HeaderLocation) != ""
	if (offset != "" || created) && offset != strconv.FormatInt(a.access.upload.Length, 10) {
		h.Set(tusproto.HeaderExpires, a.expires().UTC().Format(http.TimeFormat))
	}
}

// expires counts from the last bytes. A question is no sign of life.
func (a *answer) expires() time.Time {
	last := a.intake.now()
	if a.request.Method == http.MethodHead {
		last = a.access.upload.TouchedAt
	}
	return last.Add(a.intake.config.Expiry)
}

// end writes a held answer as a problem.
func (a *answer) end() {
	if a.held == 0 {
		return
	}
	a.refuseChecked(a.translate(a.code()))
}

// refuseChecked refuses a request for one upload, and answers 404 in place of p if
// the upload is not the caller's.
func (a *answer) refuseChecked(err error) {
	ctx := a.request.Context()
	checked := a.access.check(ctx)
	switch {
	case errors.Is(checked, library.ErrNotFound):
		err = problem.NotFound()
	case checked != nil:
		logFailure(ctx, "read", a.access.id, checked)
		err = problem.Locked()
	}
	a.refuse(err)
}

// code is tusd's word for the error that is held back.
func (a *answer) code() string {
	code, _, _ := strings.Cut(string(a.text), ":")
	return strings.TrimSpace(code)
}

// dismiss drops an answer that is held back, for another one.
func (a *answer) dismiss() {
	a.held, a.text = 0, nil
	a.Header().Del("Content-Type")
	a.Header().Del("Content-Length")
}

// refuse writes a problem with what tus asks of every answer.
//
// Source: tus 1.0.0, Headers: Tus-Resumable on every answer, Tus-Version on 412.
func (a *answer) refuse(err error) {
	p := problem.From(err)
	h := a.Header()
	h.Set(tusproto.HeaderResumable, tusproto.Version)
	switch p.Status {
	case http.StatusRequestTimeout:
		a.hangUp()
	case http.StatusPreconditionFailed:
		h.Set(tusproto.HeaderVersion, tusproto.Version)
	case tusproto.StatusChecksumMismatch:
		a.tellUnmoved()
	case http.StatusMethodNotAllowed:
		h.Set("Allow", a.allowed)
		p = problem.MethodNotAllowed(strings.Split(a.allowed, ", ")...)
	}
	problem.Write(a.ResponseWriter, p)
}

// tellUnmoved says where a damaged chunk is to be sent again. A creation made its
// upload all the same.
func (a *answer) tellUnmoved() {
	h, offset := a.Header(), a.request.Header.Get(tusproto.HeaderOffset)
	if a.request.Method == http.MethodPost {
		offset = "0"
		h.Set(tusproto.HeaderLocation, a.intake.location(a.request, a.access.upload.ID))
	}
	h.Set(tusproto.HeaderOffset, offset)
}

// hangUp keeps net/http from waiting for the rest of a body that does not come:
// it would read on, at the client's pace, before it sends the answer.
func (a *answer) hangUp() {
	a.Header().Set("Connection", "close")
	// A writer without deadlines only waits longer.
	_ = http.NewResponseController(a.ResponseWriter).SetReadDeadline(time.Now()) // by the clock of the connection
}

func (a *answer) translate(code string) problem.Problem {
	if a.request.Method == http.MethodHead {
		return a.translateHead()
	}
	if a.held == http.StatusMethodNotAllowed {
		return problem.MethodNotAllowed()
	}
	if make, ok := problems[code]; ok {
		return make()
	}
	return problem.Internal()
}

// translateHead has a status alone, since tusd sends no text on HEAD. Whatever
// may pass is 423: after any other answer to a HEAD, tus-js-client forgets the
// upload and begins at byte 0.
func (a *answer) translateHead() problem.Problem {
	switch a.held {
	case http.StatusNotFound:
		return problem.NotFound()
	case http.StatusPreconditionFailed:
		return problems["ERR_UNSUPPORTED_VERSION"]()
	default:
		return problem.Locked()
	}
}
