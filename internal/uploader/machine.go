package uploader

import "mediarelay/internal/reason"

// maxDeletions bounds the tries to end an upload on the server. What stays
// behind after them expires there by itself.
const maxDeletions = 5

// Handle takes one event at a time in milliseconds of any clock that does not
// run backward, and says what to do.
func (m *Machine) Handle(now int64, event Event) Action {
	m.now = now
	if number, ok := request(event); ok {
		if m.mode != modeRunning || number != m.request {
			return Idle{}
		}
		return m.report(event)
	}
	switch event.(type) {
	case Start:
		return m.start()
	case Pause:
		return m.pause()
	case Resume:
		return m.goOnFrom(modePaused)
	case Due, Nudge:
		return m.goOnFrom(modeWaiting)
	case TokenReady:
		return m.goOnFrom(modeToken)
	case TokenDenied:
		return m.tokenDenied()
	case Retry:
		return m.retry()
	case Cancel:
		return m.cancel()
	}
	return Idle{}
}

// report takes what came of the running request.
func (m *Machine) report(event Event) Action {
	if m.step == stepSend || m.step == stepCreate {
		m.sent.took = m.now - m.sent.at
	}
	switch e := event.(type) {
	case Answer:
		return m.answered(e)
	case Broken:
		return m.broken(e)
	case Unsent:
		m.mode = modeToken
		return NeedToken{}
	case Unreadable:
		return m.fail(reason.FileChanged, false)
	case Known:
		m.mode = modeDone
		return Done{}
	case Watched:
		return m.watched(e)
	}
	return Idle{}
}

func (m *Machine) start() Action {
	if m.mode != modeNew {
		return Idle{}
	}
	return m.perform()
}

// pause holds the upload. Once all bytes are safe there is nothing left to hold.
func (m *Machine) pause() Action {
	switch {
	case m.step == stepWatch, m.step == stepRelay, m.step == stepDelete:
		return Idle{}
	case m.mode == modeRunning:
		m.step, m.sent = m.afterFault(), sentChunk{}
	case m.mode != modeNew && m.mode != modeWaiting && m.mode != modeToken:
		return Idle{}
	}
	m.mode = modePaused
	return Paused{}
}

// goOnFrom performs the step that a hold kept back.
func (m *Machine) goOnFrom(hold mode) Action {
	if m.mode != hold {
		return Idle{}
	}
	return m.perform()
}

// tokenDenied asks again: a sign-in that comes back loses nothing by the wait.
func (m *Machine) tokenDenied() Action {
	if m.mode != modeToken {
		return Idle{}
	}
	return NeedToken{}
}

// retry goes on after a failure from what is safe: the relay alone when all
// bytes are there, the offset when an upload is there, the beginning otherwise.
//
// A new machine has not seen the failure itself: it asks, and where it finds a
// failed relay, that is the one to try again.
func (m *Machine) retry() Action {
	switch m.mode {
	case modeNew:
		m.again = true
		return m.perform()
	case modeFailed:
	default:
		return m.goOnFrom(modeWaiting)
	}
	m.faults, m.corrupted, m.strange, m.rejections, m.renewals, m.doubted = 0, 0, 0, 0, 0, false
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
		return m.goOnFrom(modeWaiting)
	}
	if m.url == "" {
		return m.cancelled()
	}
	m.step, m.faults, m.rejections = stepDelete, 0, 0
	return m.perform()
}
