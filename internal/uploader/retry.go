package uploader

import "mediarelay/internal/reason"

// handleBroken handles a request that ended without a response.
func (m *Machine) handleBroken(b Broken) Action {
	switch {
	case m.step == stepSearch:
		return m.next(stepCreate)
	case b.Stalled:
		return m.retryLater(WaitStalled, 0)
	case m.step == stepSend || m.step == stepCreate:
		return m.retryAtOnce(WaitOffline)
	}
	return m.retryLater(WaitOffline, 0)
}

// retryAtOnce does not wait after the first fault: most interruptions are short.
func (m *Machine) retryAtOnce(why WaitReason) Action {
	if m.faults > 0 {
		return m.retryLater(why, 0)
	}
	m.faults++
	return m.next(m.recoveryStep())
}

// retryLater waits with exponential backoff, without a limit on the attempts: a
// network may be away for hours. Only the deletion of a cancelled upload is given
// up.
func (m *Machine) retryLater(why WaitReason, retryAfter int64) Action {
	m.faults++
	if m.step == stepDelete && m.faults >= maxDeletions {
		return m.cancelled()
	}
	m.step = m.recoveryStep()
	m.mode = modeWaiting
	return Wait{Milliseconds: Backoff(m.faults, retryAfter, m.config.Random()), Reason: why}
}

// recoveryStep is the step after a failed request: get the offset after a chunk,
// repeat the creation after a creation. Every other request is safe to repeat.
func (m *Machine) recoveryStep() step {
	switch {
	case m.step == stepSend:
		return stepAsk
	case m.step == stepCreate && m.url != "":
		m.unconfirmed = false
		return stepAsk
	case m.step == stepCreate:
		m.unconfirmed = true
	}
	return m.step
}

// handleState processes the state of an upload whose bytes the server has.
func (m *Machine) handleState(w Watched) Action {
	retryRelay := m.retryRelay
	m.faults, m.foreignAnswers, m.standIns, m.tokenRejections = 0, 0, 0, 0
	m.stateMissing, m.retryRelay = false, false
	switch w.State {
	case StateDone:
		m.mode = modeDone
		return Done{}
	case StateRefused:
		m.mode = modeRefused
		return Refused{}
	case StateFailed:
		if w.Problem == reason.DigestMismatch {
			return m.resendFile()
		}
		if retryRelay && !w.Final {
			return m.next(stepRelay)
		}
		return m.relayFailed(w)
	case StateUploading:
		// The server has lost bytes that it had acknowledged: get the offset.
		m.complete = false
		m.step = stepAsk
		return m.retryLater(WaitServer, 0)
	}
	return Idle{}
}

func (m *Machine) relayFailed(w Watched) Action {
	code := w.Problem
	if code == "" {
		code = reason.RelayFailed
	}
	return m.fail(code, !w.Final)
}
