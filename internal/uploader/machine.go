package uploader

import "mediarelay/internal/reason"

// maxDeletions limits the attempts to delete an upload on the server. After them
// the upload is left to expire there.
const maxDeletions = 5

// Handle processes one event and returns what to do. now is in milliseconds of any
// monotonic clock.
func (m *Machine) Handle(now int64, event Event) Action {
	m.now = now
	if number, ok := request(event); ok {
		if m.mode != modeRunning || number != m.request {
			return Idle{}
		}
		return m.handleReport(event)
	}
	switch event.(type) {
	case Start:
		return m.start()
	case Pause:
		return m.pause()
	case Resume:
		return m.resumeFrom(modePaused)
	case Due, Nudge:
		return m.resumeFrom(modeWaiting)
	case TokenReady:
		return m.resumeFrom(modeToken)
	case TokenDenied:
		return m.tokenDenied()
	case Retry:
		return m.retry()
	case Cancel:
		return m.cancel()
	}
	return Idle{}
}

// handleReport processes the result of the request in flight.
func (m *Machine) handleReport(event Event) Action {
	if m.step == stepSend || m.step == stepCreate {
		m.sent.duration = m.now - m.sent.sentAt
	}
	switch e := event.(type) {
	case Answer:
		return m.handleAnswer(e)
	case Broken:
		return m.handleBroken(e)
	case Unsent:
		m.mode = modeToken
		return NeedToken{}
	case Unreadable:
		return m.fail(reason.FileChanged, false)
	case Known:
		m.known = true
		return m.next(stepCreate)
	case Watched:
		return m.handleState(e)
	}
	return Idle{}
}

func (m *Machine) start() Action {
	if m.mode != modeNew {
		return Idle{}
	}
	return m.perform()
}

// pause does nothing once the server has all bytes.
func (m *Machine) pause() Action {
	switch {
	case m.step == stepWatch, m.step == stepRelay, m.step == stepDelete:
		return Idle{}
	case m.mode == modeRunning:
		m.step, m.sent = m.recoveryStep(), sentChunk{}
	case m.mode != modeNew && m.mode != modeWaiting && m.mode != modeToken:
		return Idle{}
	}
	m.mode = modePaused
	return Paused{}
}

// resumeFrom ends a hold and performs the pending step.
func (m *Machine) resumeFrom(hold mode) Action {
	if m.mode != hold {
		return Idle{}
	}
	return m.perform()
}

// tokenDenied asks again: the upload can resume whenever the user signs in.
func (m *Machine) tokenDenied() Action {
	if m.mode != modeToken {
		return Idle{}
	}
	return NeedToken{}
}

// retry resumes after a failure: only the relay if the server has all bytes, from
// the offset if there is an upload, else from the beginning.
//
// A new machine has not seen the failure. It asks the server, and retries the relay
// if that has failed.
func (m *Machine) retry() Action {
	switch m.mode {
	case modeNew:
		m.retryRelay = true
		return m.perform()
	case modeFailed:
	default:
		return m.resumeFrom(modeWaiting)
	}
	m.faults, m.damagedChunks, m.foreignAnswers, m.tokenRejections, m.recreations, m.standIns, m.stateMissing = 0, 0, 0, 0, 0, 0, false
	m.methodBlocked = false // the proxy may be another one, or repaired
	m.step = m.firstStep()
	if m.complete {
		m.step = stepRelay
	}
	return m.perform()
}

func (m *Machine) cancel() Action {
	switch m.mode {
	case modeDone, modeRefused, modeCancelled:
		return Idle{}
	}
	if m.step == stepDelete {
		return m.resumeFrom(modeWaiting)
	}
	if m.url == "" {
		return m.cancelled()
	}
	m.step, m.faults, m.tokenRejections = stepDelete, 0, 0
	return m.perform()
}
