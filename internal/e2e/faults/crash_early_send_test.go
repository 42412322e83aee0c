package faults

import (
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"mediarelay/internal/e2e/stage"
)

// The server is killed at each step of an early send, and recovers at its next start.
func TestKillDuringEarlySendLosesNothing(t *testing.T) {
	for _, step := range earlyCrashPoints {
		t.Run(strings.ReplaceAll(step, " ", "-"), func(t *testing.T) {
			t.Parallel()
			i := stage.NewProcess(t)
			i.Env[earlyEnv] = "all"
			crashAt(i, step, 2)
			i.Start()
			files := earlyFiles(t, earlySlots/2) // two requests for each file
			var held atomic.Int64
			for _, f := range files {
				waitForBothCopies(i, f, func() { held.Add(1) })
			}
			crashAndRecover(i, step, files)
			afterTheRelease := slices.Index(earlyCrashPoints, step) >= slices.Index(earlyCrashPoints, afterMediaRelease)
			if afterTheRelease && held.Load() == 0 {
				t.Error("no early send was withheld before its upload was complete")
			}
		})
	}
}
