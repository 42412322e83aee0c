package intake

import (
	"context"
	"time"
)

// SetClock replaces the clock. Call it before anything else.
func (i *Intake) SetClock(now func() time.Time) { i.now, i.steady = now, now }

// SetWallClock replaces the wall clock, but not the steady one.
func (i *Intake) SetWallClock(now func() time.Time) { i.now = now }

// RunningDigests returns the number of running digests.
func (i *Intake) RunningDigests() int {
	i.digests.mu.Lock()
	defer i.digests.mu.Unlock()
	return len(i.digests.running)
}

// SweepOrphans makes one sweep.
func (i *Intake) SweepOrphans(ctx context.Context) { i.sweepOrphans(ctx) }
