package uploader

import "mediarelay/internal/reason"

// broken takes a request without an answer.
func (m *Machine) broken(b Broken) Action {
	switch {
	case m.step == stepSearch:
		return m.next(stepCreate)
	case b.Stalled:
		return m.fault(WaitStalled, 0)
	case m.step == stepSend || m.step == stepCreate:
		return m.atOnce(WaitOffline)
	}
	return m.fault(WaitOffline, 0)
}

// atOnce goes on without a wait after the first fault: most cuts are short.
func (m *Machine) atOnce(why WaitReason) Action {
	if m.faults > 0 {
		return m.fault(why, 0)
	}
	m.faults++
	return m.next(m.afterFault())
}

// fault waits, longer each time, without end: a person's network comes back
// when it comes back. Only a cancelled upload is let go after some tries.
func (m *Machine) fault(why WaitReason, retryAfter int64) Action {
	m.faults++
	if m.step == stepDelete && m.faults >= maxDeletions {
		return m.cancelled()
	}
	m.step = m.afterFault()
	m.mode = modeWaiting
	return Wait{Milliseconds: Backoff(m.faults, retryAfter, m.config.Random()), Reason: why}
}

// afterFault says what makes the truth known again: the offset after a chunk,
// the same creation after a creation. Everything else is safe to repeat.
func (m *Machine) afterFault() step {
	switch {
	case m.step == stepSend:
		return stepAsk
	case m.step == stepCreate && m.url != "":
		m.unsure = false
		return stepAsk
	case m.step == stepCreate:
		m.unsure = true
	}
	return m.step
}

// watched takes what the server says about an upload whose bytes it has.
func (m *Machine) watched(w Watched) Action {
	again := m.again
	m.faults, m.strange, m.rejections, m.doubted, m.again = 0, 0, 0, false, false
	switch w.State {
	case UploadDone:
		m.mode = modeDone
		return Done{}
	case UploadRefused:
		m.mode = modeRefused
		return Refused{}
	case UploadFailed:
		if w.Problem == reason.DigestMismatch {
			return m.fileDamaged()
		}
		if again && !w.Final {
			return m.next(stepRelay)
		}
		return m.relayFailed(w)
	case UploadUploading:
		// The server misses bytes that it had acknowledged: ask which.
		m.complete = false
		m.step = stepAsk
		return m.fault(WaitServer, 0)
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
