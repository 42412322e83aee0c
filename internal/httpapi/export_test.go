package httpapi

import "time"

// ClientAddress is for the table of its test.
var ClientAddress = clientAddress

// WithTiming sets the timing of event streams.
func (c Config) WithTiming(heartbeat, poll, write time.Duration) Config {
	c.timing = streamTiming{heartbeat: heartbeat, poll: poll, write: write}
	return c
}

// WithStreamLimits sets how many event streams may be open.
func (c Config) WithStreamLimits(perSubject, total int) Config {
	c.streamLimits = streamLimits{perSubject: perSubject, total: total}
	return c
}
