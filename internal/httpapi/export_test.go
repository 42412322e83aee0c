package httpapi

import "time"

// WithPace makes the clock of event streams fit for a test.
func (c Config) WithPace(heartbeat, poll, write time.Duration) Config {
	c.pace = pace{heartbeat: heartbeat, poll: poll, write: write}
	return c
}
