package uploader

import "mediarelay/internal/reason"

// How often in a row the machine tries a remedy before it fails.
const (
	// maxTokenRejections: one new token may expire before it is used, for example
	// while a laptop sleeps, but not three.
	maxTokenRejections = 3
	// maxRecreations of an upload that the server no longer has.
	maxRecreations = 3
	// maxForeignAnswers with the waits between them take about 15 s, which covers a
	// restart of a proxy.
	maxForeignAnswers = 5
)

// handleUnauthorized asks for a new token. If the server rejects several, it fails.
func (m *Machine) handleUnauthorized() Action {
	if m.tokenRejections++; m.tokenRejections <= maxTokenRejections {
		m.mode = modeToken
		return NeedToken{}
	}
	return m.fail(reason.TokenRejected, true)
}

// handleRejection handles the 4xx responses that a repetition would not change, and
// those with a remedy: an upload that is gone, and a wrong offset.
func (m *Machine) handleRejection(a Answer) Action {
	gone := a.Status == statusNotFound || a.Status == statusGone
	switch {
	case m.blocksMethod(a):
		m.methodBlocked = true
		return m.next(m.recoveryStep())
	case m.step == stepDelete:
		return m.cancelled()
	case gone && (m.step != stepCreate || a.Foreign):
		return m.handleNotFound(a)
	case a.Status == statusConflict && m.step == stepRelay:
		return m.next(stepWatch)
	case a.Status == statusConflict && m.step == stepSend:
		return m.retryAtOnce(WaitServer)
	case a.Problem != "":
		// Permissions may be granted later. Other problems of the server are final.
		return m.fail(a.Problem, a.Status == statusForbidden)
	case a.Status == statusForbidden:
		return m.fail(reason.UploadForbidden, true)
	}
	return m.failRejected(a)
}

// blocksMethod reports whether a proxy has blocked the method of a request that the
// server accepts as a POST too, and that was not sent as one yet.
func (m *Machine) blocksMethod(a Answer) bool {
	blocked := a.Status == statusNotAllowed || a.Status == statusNotImplemented
	return blocked && a.Foreign && mayOverride(m.method) && !m.methodBlocked
}

// failRejected fails because of a response without a problem code. Most likely it comes
// from a proxy that blocks the method or cannot reach the server.
func (m *Machine) failRejected(a Answer) Action {
	return m.fail(reason.RequestRefused, true,
		reason.Text("method", m.method), reason.Number("status", int64(a.Status), reason.UnitNone))
}

// handleNotFound discards the upload only if the server itself says 404. A proxy's
// own 404, during a restart or because of a wrong rule, must not cost the upload.
func (m *Machine) handleNotFound(a Answer) Action {
	switch {
	case a.Foreign && m.foreignAnswers < maxForeignAnswers:
		m.foreignAnswers++
		return m.retryLater(WaitServer, a.RetryAfter)
	case a.Foreign:
		return m.failRejected(a)
	case m.step == stepWatch:
		return m.confirmGone()
	}
	m.goneURL = m.url
	return m.recreate(reason.UploadGone)
}

// confirmGone handles a 404 for the state of a complete upload: it asks for the offset
// once.
func (m *Machine) confirmGone() Action {
	if m.stateMissing {
		return m.fail(reason.UploadGone, true)
	}
	m.stateMissing = true
	return m.next(stepAsk)
}

// recreate discards an upload that the server no longer has and creates another. It
// keeps the key if the server may have released it, so that another page with the
// same file finds the new upload. After too many attempts it fails with code.
func (m *Machine) recreate(code reason.Code) Action {
	m.url, m.accepted, m.sent = "", 0, sentChunk{}
	m.unconfirmed, m.complete = false, false
	if m.recreations >= maxRecreations {
		return m.fail(code, true)
	}
	m.recreations++
	return m.next(stepCreate)
}

// shrinkChunk halves the chunk size for a proxy that limits bodies, and keeps that
// as the ceiling. Our own server limits only files, and sends a problem code. The
// proxy may have passed on a creation before it counted the body, so a creation is
// repeated as if its response were lost.
func (m *Machine) shrinkChunk() Action {
	size := m.sent.size
	m.sent = sentChunk{}
	if size <= MinChunkBytes {
		return m.fail(reason.ChunkRefused, true, reason.Bytes("limit", size))
	}
	m.ceiling = max(MinChunkBytes, wholeSteps(size/2))
	m.chunk = m.ceiling
	return m.next(m.recoveryStep())
}
