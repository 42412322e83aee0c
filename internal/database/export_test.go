package database

import "time"

// Mismeasure shifts the last measurement.
func (d *DB) Mismeasure(by time.Duration) {
	d.clock.mu.Lock()
	defer d.clock.mu.Unlock()
	d.clock.best.server = d.clock.best.server.Add(by)
}
