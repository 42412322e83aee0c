package uploader

import (
	"mediarelay/internal/reason"
	"mediarelay/internal/tusproto"
)

// Statuses with a meaning of their own. 425 and 460 are RFC 8470 and tus's
// checksum extension; both say "send it again".
const (
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
	statusChecksum        = 460
)

// answered takes the meanings that hold for every request; what is left is a
// refusal, which depends on what was asked.
func (m *Machine) answered(a Answer) Action {
	if a.Status == statusUnauthorized {
		return m.unauthorized()
	}
	m.askedToken = false
	switch {
	case a.Status >= 200 && a.Status < 300:
		return m.succeeded(a)
	case m.step == stepSearch:
		// The library is a short cut, and not every token may read it.
		return m.next(stepCreate)
	case a.Status == statusTooLarge && a.Problem == "" && m.sent.size > 0:
		return m.tooLarge()
	}
	// The server turned the chunk away, which says nothing about the line.
	m.sent = sentChunk{}
	switch {
	case a.Status == statusTooManyRequests:
		return m.fault(WaitRate, a.RetryAfter)
	case a.Status == statusLocked, a.Problem == reason.ProblemInterrupted:
		return m.fault(WaitLocked, a.RetryAfter)
	case a.Status >= 500, a.Status == statusTimeout, a.Status == statusTooEarly, a.Status == statusChecksum:
		m.adopt(a.Location)
		return m.fault(WaitServer, a.RetryAfter)
	}
	return m.refused(a)
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

func (m *Machine) created(a Answer) Action {
	m.adopt(a.Location)
	if m.url == "" {
		return m.fail(reason.HeaderMissing, true, reason.Text("header", tusproto.HeaderLocation))
	}
	repeated := m.unsure
	m.unsure = false
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
		return m.fail(reason.HeaderMissing, true, reason.Text("header", tusproto.HeaderOffset))
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
		m.faults = 0
	}
	if m.sent.size > 0 {
		m.chunk = NextChunk(m.chunk, advanced, m.sent.took, m.ceiling)
	}
	m.sent = sentChunk{}
}

// unauthorized asks for one new token. Where that one is not taken either, only
// a person can help.
func (m *Machine) unauthorized() Action {
	if m.askedToken {
		return m.fail(reason.TokenRejected, true)
	}
	m.askedToken = true
	m.mode = modeToken
	return NeedToken{}
}

// refused takes the 4xx answers that repeating would not change, and the two
// that have a remedy: gone, and an offset that is not the server's.
func (m *Machine) refused(a Answer) Action {
	gone := a.Status == statusNotFound || a.Status == statusGone
	switch {
	case m.step == stepDelete:
		return m.cancelled()
	case gone && m.step == stepWatch:
		return m.lost()
	case gone && m.step != stepCreate:
		return m.gone()
	case a.Status == statusConflict && m.step == stepRelay:
		return m.next(stepWatch)
	case a.Status == statusConflict && m.step == stepSend:
		return m.atOnce(WaitServer)
	case a.Problem != "":
		return m.fail(a.Problem, false)
	case a.Status == statusForbidden:
		return m.fail(reason.UploadForbidden, false)
	}
	return m.fail(reason.RequestRefused, false, reason.Number("status", int64(a.Status), reason.UnitNone))
}

// lost handles a finished upload whose events are not to be found: the upload
// itself knows whether it is still there.
func (m *Machine) lost() Action {
	if m.doubted {
		return m.fail(reason.UploadGone, true)
	}
	m.doubted = true
	return m.next(stepAsk)
}

// gone forgets an upload that the server no longer has, once in a try.
func (m *Machine) gone() Action {
	m.url, m.accepted, m.unsure, m.complete = "", 0, false, false
	m.generation++
	if m.renewed {
		return m.fail(reason.UploadGone, true)
	}
	m.renewed = true
	return m.next(stepCreate)
}

// tooLarge halves the chunk for a proxy that bounds bodies, and remembers. Our
// own server bounds files alone, and says so with a problem code.
func (m *Machine) tooLarge() Action {
	size := m.sent.size
	m.sent = sentChunk{}
	if size <= MinChunkBytes {
		return m.fail(reason.ChunkRefused, false, reason.Bytes("limit", size))
	}
	m.ceiling = max(MinChunkBytes, wholeSteps(size/2))
	m.chunk = m.ceiling
	if m.step == stepCreate {
		return m.next(stepCreate)
	}
	return m.next(stepAsk)
}

func (m *Machine) next(s step) Action {
	m.step = s
	return m.perform()
}
