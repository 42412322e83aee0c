package uploader

// Transport does what a machine asks for. The browser's worker has its own loop;
// this one serves programs that may block.
type Transport interface {
	// Now is the time in milliseconds of a clock that does not run backward.
	Now() int64
	// Do carries out an action to its end and returns the event that came of
	// it. After Idle it returns the next event of the watch that still runs.
	Do(Action) Event
}

// Drive runs a machine until it has ended and returns its last action.
func Drive(m *Machine, t Transport) Action {
	action := m.Handle(t.Now(), Start{})
	for !Ended(action) {
		event := t.Do(action)
		action = m.Handle(t.Now(), event)
	}
	return action
}
