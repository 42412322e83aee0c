package uploader

import "mediarelay/internal/reason"

// How often in a row a remedy is tried before a person is asked.
const (
	// maxRejections of tokens that were just given: one can end on its way while
	// a laptop sleeps, three do not.
	maxRejections = 3
	// maxRenewals of an upload that the server no longer has.
	maxRenewals = 3
	// maxStrange answers of something in the server's place: with the waits
	// between them the quarter of a minute that a proxy takes to be set up anew.
	maxStrange = 5
)

// unauthorized asks for a new token. Where none is taken, only a person can help.
func (m *Machine) unauthorized(a Answer) Action {
	if m.rejections++; m.rejections <= maxRejections {
		m.mode = modeToken
		return NeedToken{}
	}
	if a.Status == statusForbidden {
		return m.fail(reason.UploadForbidden, true)
	}
	return m.fail(reason.TokenRejected, true)
}

// refused takes the 4xx answers that repeating would not change, and those that
// have a remedy: gone, and an offset that is not the server's.
func (m *Machine) refused(a Answer) Action {
	gone := a.Status == statusNotFound || a.Status == statusGone
	switch {
	case m.step == stepDelete:
		return m.cancelled()
	case gone && m.step != stepCreate:
		return m.notFound(a)
	case a.Status == statusConflict && m.step == stepRelay:
		return m.next(stepWatch)
	case a.Status == statusConflict && m.step == stepSend:
		return m.atOnce(WaitServer)
	case a.Problem != "":
		// Rights can be given; nothing else that the server refuses in its own
		// words becomes good by itself.
		return m.fail(a.Problem, a.Status == statusForbidden)
	case a.Status == statusForbidden:
		return m.fail(reason.UploadForbidden, true)
	}
	return m.turnedAway(a)
}

// turnedAway fails with an answer that came without words: most likely a proxy's,
// which bars a method or has no way to the server.
func (m *Machine) turnedAway(a Answer) Action {
	return m.fail(reason.RequestRefused, true,
		reason.Text("method", m.method), reason.Number("status", int64(a.Status), reason.UnitNone))
}

// notFound believes the server alone: a proxy's own 404, while the server behind
// it is set up anew or its rules are wrong, costs no upload.
func (m *Machine) notFound(a Answer) Action {
	switch {
	case a.Foreign && m.strange < maxStrange:
		m.strange++
		return m.fault(WaitServer, a.RetryAfter)
	case a.Foreign:
		return m.turnedAway(a)
	case m.step == stepWatch:
		return m.lost()
	}
	m.gone = m.url
	return m.renew(reason.UploadGone)
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

// renew forgets an upload that the server no longer has and makes another. It
// keeps the key where the server may have let go of it: whoever else holds the
// file finds the new upload by it. code says why, where all this was of no use.
func (m *Machine) renew(code reason.Code) Action {
	m.url, m.accepted, m.sent = "", 0, sentChunk{}
	m.unsure, m.complete = false, false
	if m.renewals >= maxRenewals {
		return m.fail(code, true)
	}
	m.renewals++
	return m.next(stepCreate)
}

// tooLarge halves the chunk for a proxy that bounds bodies, and remembers. Our
// own server bounds files alone, and says so with a problem code. A proxy may
// have let a creation through before it counted the body, so that one is
// repeated like one whose answer was lost.
func (m *Machine) tooLarge() Action {
	size := m.sent.size
	m.sent = sentChunk{}
	if size <= MinChunkBytes {
		return m.fail(reason.ChunkRefused, true, reason.Bytes("limit", size))
	}
	m.ceiling = max(MinChunkBytes, wholeSteps(size/2))
	m.chunk = m.ceiling
	return m.next(m.afterFault())
}
