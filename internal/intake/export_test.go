package intake

import "time"

// SetClock puts another clock in. Call it before anything runs.
func (i *Intake) SetClock(now func() time.Time) { i.now, i.steady = now, now }

// SetWallClock puts another clock in that is not to be trusted.
func (i *Intake) SetWallClock(now func() time.Time) { i.now = now }

// RunningDigests says how many uploads' digests are held.
func (i *Intake) RunningDigests() int {
	i.digests.mu.Lock()
	defer i.digests.mu.Unlock()
	return len(i.digests.running)
}
