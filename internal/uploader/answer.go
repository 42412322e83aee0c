package uploader

import (
	"mediarelay/internal/reason"
	"mediarelay/internal/tusproto"
)

// Statuses with special handling. 425 is Too Early (RFC 8470): send it again.
const (
	statusBadRequest      = 400
	statusUnauthorized    = 401
	statusForbidden       = 403
	statusNotFound        = 404
	statusNotAllowed      = 405
	statusTimeout         = 408
	statusConflict        = 409
	statusGone            = 410
	statusTooLarge        = 413
	statusLocked          = 423
	statusTooEarly        = 425
	statusTooManyRequests = 429
	statusNotImplemented  = 501
)

// handleAnswer handles the statuses that mean the same for every request. The
// others are rejections, which depend on the request.
func (m *Machine) handleAnswer(a Answer) Action {
	if m.standsIn(a) {
		return m.handleStandIn(a)
	}
	if a.Status == statusUnauthorized {
		return m.handleUnauthorized()
	}
	m.tokenRejections = 0
	switch {
	case a.Status >= 200 && a.Status < 300:
		return m.handleSuccess(a)
	case m.step == stepSearch:
		return m.next(stepCreate)
	case a.Status == statusTooLarge && a.Problem == "" && m.sent.size > 0:
		return m.shrinkChunk()
	case m.checksumRejected(a):
		return m.disableChecksums(a)
	}
	// The chunk was rejected, so its duration says nothing about the throughput.
	m.sent = sentChunk{}
	switch {
	case a.Status == tusproto.StatusChecksumMismatch:
		return m.resendChunk(a)
	case a.Status == statusTooManyRequests:
		return m.retryLater(WaitRate, a.RetryAfter)
	case a.Status == statusLocked, a.Problem == reason.ProblemInterrupted:
		return m.retryLater(WaitLocked, a.RetryAfter)
	case transient(a.Status):
		m.adoptURL(a.Location)
		return m.retryLater(WaitServer, a.RetryAfter)
	}
	return m.handleRejection(a)
}

// transient reports whether the same request may succeed later. After 501 it won't:
// a server does not start to support a method.
func transient(status int) bool {
	return status >= 500 && status != statusNotImplemented || status == statusTimeout || status == statusTooEarly
}

func (m *Machine) handleSuccess(a Answer) Action {
	switch m.step {
	case stepSearch:
		return m.next(stepCreate)
	case stepCreate:
		return m.handleCreated(a)
	case stepAsk, stepSend:
		return m.continueFrom(a)
	case stepRelay, stepWatch:
		return m.next(stepWatch)
	}
	return m.cancelled()
}

// handleCreated handles the response to a creation. It may name an earlier upload:
// one whose response was lost, one of another tab, or one of an earlier visit. An
// offset other than the end of this request's body shows that. If the relay of an
// earlier upload has failed, it is retried.
func (m *Machine) handleCreated(a Answer) Action {
	m.adoptURL(a.Location)
	if m.url == "" {
		return m.headerMissing(tusproto.HeaderLocation)
	}
	if m.url == m.goneURL {
		m.keyGeneration++ // the key still refers to the upload that is gone
		return m.recreate(reason.UploadGone)
	}
	repeated := m.unconfirmed
	ours := a.Offset == m.sent.size
	m.unconfirmed, m.retryRelay = false, repeated || !ours && a.Offset >= 0
	if !ours {
		m.sent = sentChunk{} // nothing to measure
	}
	if repeated || a.Offset < 0 {
		return m.next(stepAsk)
	}
	return m.continueFrom(a)
}

// adoptURL takes the upload's URL from any response that has one: the server may have
// failed after it had created the upload.
func (m *Machine) adoptURL(location string) {
	if m.step == stepCreate && location != "" {
		m.url = m.uploadURL(location)
	}
}

// continueFrom continues from the offset that the server reports, whatever was
// expected.
func (m *Machine) continueFrom(a Answer) Action {
	switch {
	case a.Offset < 0 && m.step == stepAsk:
		return m.headerMissing(tusproto.HeaderOffset)
	case a.Offset < 0:
		return m.retryLater(WaitServer, 0)
	case a.Offset > m.config.Length:
		return m.fail(reason.OffsetInvalid, false, reason.Bytes("offset", a.Offset), reason.Bytes("size", m.config.Length))
	}
	m.measure(a.Offset)
	stuck := m.step == stepSend && a.Offset <= m.accepted
	m.accepted = a.Offset
	if stuck && a.Offset < m.config.Length {
		return m.retryLater(WaitServer, 0)
	}
	if m.accepted == m.config.Length {
		return m.next(stepWatch)
	}
	return m.next(stepSend)
}

// measure adapts the chunk size to the result of the last chunk. After a failed
// chunk, the result is the offset of the following HEAD.
func (m *Machine) measure(offset int64) {
	advanced := offset - m.accepted
	if advanced > 0 {
		m.faults, m.damagedChunks, m.foreignAnswers, m.standIns = 0, 0, 0, 0
	}
	if m.sent.size > 0 {
		m.chunk = NextChunk(m.chunk, advanced, m.sent.duration, m.ceiling)
	}
	m.sent = sentChunk{}
}

// headerMissing fails because a required header is missing. If the server has
// another origin, the browser most likely hides the header, and the server must
// expose it.
func (m *Machine) headerMissing(header string) Action {
	code := reason.HeaderMissing
	if m.config.CrossOrigin {
		code = reason.CORSExpose
	}
	return m.fail(code, true, reason.Text("header", header))
}

func (m *Machine) next(s step) Action {
	m.step = s
	return m.perform()
}
