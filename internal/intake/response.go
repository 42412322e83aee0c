package intake

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"mediarelay/internal/library"
	"mediarelay/internal/problem"
	"mediarelay/internal/tusproto"
)

// response forwards tusd's successful responses, with the headers that tusd lacks,
// and holds its errors to write them as problems.
type response struct {
	http.ResponseWriter
	request *http.Request
	intake  *Intake
	// access is to the upload of the request. A request without one has full access.
	access *access
	// allowed is the Allow header of the path.
	allowed string

	held int // the status of an error that is held; 0 for none
	text []byte
}

// Unwrap lets http.ResponseController set read deadlines on the connection.
func (resp *response) Unwrap() http.ResponseWriter { return resp.ResponseWriter }

// WriteHeader forwards the status of a success and holds that of an error.
func (resp *response) WriteHeader(status int) {
	if status >= http.StatusBadRequest {
		resp.held = status
		return
	}
	resp.addHeaders()
	resp.ResponseWriter.WriteHeader(status)
}

// Write forwards the body of a success. It keeps that of an error, which begins with
// tusd's code.
func (resp *response) Write(p []byte) (int, error) {
	if resp.held == 0 {
		return resp.ResponseWriter.Write(p)
	}
	resp.text = append(resp.text, p...)
	return len(p), nil
}

// addHeaders adds the headers of the checksum and expiration extensions.
//
// Source: tus 1.0.0, Checksum: Tus-Checksum-Algorithm in responses to OPTIONS;
// Expiration: Upload-Expires in RFC 9110 date format, on every response about an
// upload that may expire.
func (resp *response) addHeaders() {
	h := resp.Header()
	if extensions := h.Get("Tus-Extension"); extensions != "" {
		h.Set("Tus-Extension", extensions+",checksum,expiration")
		h.Set(tusproto.HeaderChecksumAlgorithm, checksumAlgorithms)
	}
	offset := h.Get(tusproto.HeaderOffset)
	created := h.Get(tusproto.HeaderLocation) != ""
	if created { // tusd builds it from the Host header
		h.Set(tusproto.HeaderLocation, resp.intake.location(resp.access.upload.ID))
	}
	if (offset != "" || created) && offset != strconv.FormatInt(resp.access.upload.Length, 10) {
		h.Set(tusproto.HeaderExpires, resp.expires().UTC().Format(http.TimeFormat))
	}
}

// expires is the expiry, counted from the activity that is recorded. A HEAD request does
// not renew it; another request does, unless that was done a moment ago.
func (resp *response) expires() time.Time {
	last, now := resp.access.upload.TouchedAt, resp.intake.now()
	if resp.request.Method != http.MethodHead && now.Sub(last).Abs() >= touchEvery {
		last = now
	}
	return last.Add(resp.intake.config.Expiry)
}

// end writes a held error as a problem.
func (resp *response) end() {
	if resp.held == 0 {
		return
	}
	resp.refuseChecked(resp.translate(resp.code()))
}

// refuseChecked writes the problem of a request for one upload. If access is denied, it
// writes the reason instead: to a stranger, a 404.
func (resp *response) refuseChecked(err error) {
	ctx := resp.request.Context()
	checked := resp.access.check(ctx)
	switch {
	case errors.Is(checked, library.ErrNotFound):
		err = problem.NotFound()
	case isProblem(checked):
		err = checked
	case checked != nil:
		logFailure(ctx, "read", resp.access.id, checked)
		err = problem.Locked()
	}
	resp.refuse(err)
}

// code returns tusd's code of the error that is held.
func (resp *response) code() string {
	code, _, _ := strings.Cut(string(resp.text), ":")
	return strings.TrimSpace(code)
}

// discard drops an error that is held.
func (resp *response) discard() {
	resp.held, resp.text = 0, nil
	resp.Header().Del("Content-Type")
	resp.Header().Del("Content-Length")
}

// refuse writes the problem of err, with the headers that tus requires of every
// response.
//
// Source: tus 1.0.0, Headers: Tus-Resumable on every response, Tus-Version on 412.
func (resp *response) refuse(err error) {
	p := problem.From(err)
	h := resp.Header()
	h.Set(tusproto.HeaderResumable, tusproto.Version)
	switch p.Status {
	case http.StatusRequestTimeout:
		resp.stopReading()
	case http.StatusPreconditionFailed:
		h.Set(tusproto.HeaderVersion, tusproto.Version)
	case tusproto.StatusChecksumMismatch:
		resp.setResumePoint()
	case http.StatusMethodNotAllowed:
		h.Set("Allow", resp.allowed)
		p = problem.MethodNotAllowed(strings.Split(resp.allowed, ", ")...)
	}
	problem.WriteEarly(resp.ResponseWriter, resp.request, p)
}

// setResumePoint sets the offset from which a damaged chunk must be sent again. A
// creation with a damaged chunk has created its upload, so it also sets Location.
func (resp *response) setResumePoint() {
	h, offset := resp.Header(), resp.request.Header.Get(tusproto.HeaderOffset)
	if resp.request.Method == http.MethodPost {
		offset = "0"
		h.Set(tusproto.HeaderLocation, resp.intake.location(resp.access.upload.ID))
	}
	h.Set(tusproto.HeaderOffset, offset)
}

// stopReading keeps net/http from reading the rest of a stalled body before it sends
// the response.
func (resp *response) stopReading() {
	resp.Header().Set("Connection", "close")
	// Without support for deadlines the response is only sent later.
	_ = http.NewResponseController(resp.ResponseWriter).SetReadDeadline(time.Now()) // by the clock of the connection
}

func (resp *response) translate(code string) problem.Problem {
	if resp.request.Method == http.MethodHead {
		return resp.translateHead()
	}
	if resp.held == http.StatusMethodNotAllowed {
		return problem.MethodNotAllowed()
	}
	if newProblem, ok := problems[code]; ok {
		return newProblem()
	}
	return problem.Internal()
}

// translateHead has only the status, since tusd sends no body on HEAD. Every temporary
// error is 423: after any other error on HEAD, tus-js-client starts again from byte 0.
func (resp *response) translateHead() problem.Problem {
	switch resp.held {
	case http.StatusNotFound:
		return problem.NotFound()
	case http.StatusPreconditionFailed:
		return problems["ERR_UNSUPPORTED_VERSION"]()
	default:
		return problem.Locked()
	}
}
