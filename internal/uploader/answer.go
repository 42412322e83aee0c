package uploader

import (
	"mediarelay/internal/reason"
	"mediarelay/internal/tusproto"
)

// Statuses with a meaning of their own. 425 is RFC 8470's, "send it again".
const (
	statusBadRequest      = 400
	statusUnauthorized    = 401
	statusForbidden       = 403
	statusNotFound        = 404
	statusTimeout         = 408
	statusConflict        = 409
	statusGone            = 410
	statusTooLarge        = 413
	statusLocked          = 423
	statusTooEarly        = 425
	statusTooManyRequests = 429
	statusNotImplemented  = 501
)

// answered takes the meanings that hold for every request; what is left is a
// refusal, which depends on what was asked.
func (m *Machine) answered(a Answer) Action {
	// The library is a short cut, and not every token may read it.
	foreignForbidden := a.Status == statusForbidden && a.Foreign && m.step != stepSearch
	if a.Status == statusUnauthorized || foreignForbidden {
		return m.unauthorized(a)
	}
	m.rejections = 0
	switch {
	case a.Status >= 200 && a.Status < 300:
		return m.succeeded(a)
	case m.step == stepSearch:
		return m.next(stepCreate)
	case a.Status == statusTooLarge && a.Problem == "" && m.sent.size > 0:
		return m.tooLarge()
	case m.checksumRefused(a):
		return m.withoutChecksums(a)
	}
	// The server turned the chunk away, which says nothing about the line.
	m.sent = sentChunk{}
	switch {
	case a.Status == tusproto.StatusChecksumMismatch:
		return m.chunkDamaged(a)
	case a.Status == statusTooManyRequests:
		return m.fault(WaitRate, a.RetryAfter)
	case a.Status == statusLocked, a.Problem == reason.ProblemInterrupted:
		return m.fault(WaitLocked, a.RetryAfter)
	case passes(a.Status):
		m.adopt(a.Location)
		return m.fault(WaitServer, a.RetryAfter)
	}
	return m.refused(a)
}

// passes tells the answers that the same request will not have for ever. 501 is
// none of them: who does not know a method will not learn it.
func passes(status int) bool {
	return status >= 500 && status != statusNotImplemented || status == statusTimeout || status == statusTooEarly
}

func (m *Machine) succeeded(a Answer) Action {
	switch m.step {
	case stepSearch:
		return m.next(stepCreate)
	case stepCreate:
		return m.created(a)
	case stepAsk, stepSend:
		return m.moved(a)
	case stepRelay, stepWatch:
		return m.next(stepWatch)
	}
	return m.cancelled()
}

// created takes the answer to a creation, which may name an upload that was
// there before: made by a creation whose answer was lost, by another tab, or on
// an earlier visit. Its offset tells, where it is not this request's doing. A
// relay of its that has failed is then due for a new attempt.
func (m *Machine) created(a Answer) Action {
	m.adopt(a.Location)
	if m.url == "" {
		return m.unread(tusproto.HeaderLocation)
	}
	if m.url == m.gone {
		m.generation++ // it remembers by the key what it no longer has
		return m.renew(reason.UploadGone)
	}
	repeated := m.unsure
	ours := a.Offset == m.sent.size
	m.unsure, m.again = false, repeated || !ours && a.Offset >= 0
	if !ours {
		m.sent = sentChunk{} // there is nothing to measure
	}
	if repeated || a.Offset < 0 {
		return m.next(stepAsk)
	}
	return m.moved(a)
}

// adopt takes the upload's URL from any answer that names one: a server may
// have made the upload and failed afterwards.
func (m *Machine) adopt(location string) {
	if m.step == stepCreate && location != "" {
		m.url = m.uploadURL(location)
	}
}

// moved goes on from the offset that the server reports, whatever was expected.
func (m *Machine) moved(a Answer) Action {
	switch {
	case a.Offset < 0 && m.step == stepAsk:
		return m.unread(tusproto.HeaderOffset)
	case a.Offset < 0:
		return m.fault(WaitServer, 0)
	case a.Offset > m.config.Length:
		return m.fail(reason.OffsetInvalid, false, reason.Bytes("offset", a.Offset), reason.Bytes("size", m.config.Length))
	}
	m.measure(a.Offset)
	stuck := m.step == stepSend && a.Offset <= m.accepted
	m.accepted = a.Offset
	if stuck && a.Offset < m.config.Length {
		return m.fault(WaitServer, 0)
	}
	if m.accepted == m.config.Length {
		return m.next(stepWatch)
	}
	return m.next(stepSend)
}

// measure fits the chunk to what became of the last one. After a fault the
// measure is taken by the HEAD that follows it.
func (m *Machine) measure(offset int64) {
	advanced := offset - m.accepted
	if advanced > 0 {
		m.faults, m.corrupted, m.strange = 0, 0, 0
	}
	if m.sent.size > 0 {
		m.chunk = NextChunk(m.chunk, advanced, m.sent.took, m.ceiling)
	}
	m.sent = sentChunk{}
}

// unread fails for a header without which there is no way on. Across origins a
// browser hides each header that the server does not expose, so there that is
// what has to be mended.
func (m *Machine) unread(header string) Action {
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
