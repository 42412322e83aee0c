package httpapi

import "time"

// WithTiming sets the timing of event streams.
func (c Config) WithTiming(heartbeat, poll, write time.Duration) Config {
	c.timing = streamTiming{heartbeat: heartbeat, poll: poll, write: write}
	return c
}
