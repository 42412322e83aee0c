package faults

import (
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"mediarelay/internal/e2e/stage"
)

// B1: killed at each step of a forerun, the server goes on at its next start.
func TestKillDuringEarlySendLosesNothing(t *testing.T) {
	for _, step := range earlyCrashPoints {
		t.Run(strings.ReplaceAll(step, " ", "-"), func(t *testing.T) {
			t.Parallel()
			i := stage.NewProcess(t)
			i.Env[earlyEnv] = "all"
			crashAt(i, step, 2)
			i.Start()
			files := earlyFiles(t, earlySlots/2) // both copies of each
			var held atomic.Int64
			for _, f := range files {
				waitForBothCopies(i, f, func() { held.Add(1) })
			}
			crashAndRecover(i, step, files)
			behindTheGate := slices.Index(earlyCrashPoints, step) >= slices.Index(earlyCrashPoints, afterMediaRelease)
			if behindTheGate && held.Load() == 0 {
				t.Error("no forerun was held before its upload was whole")
			}
		})
	}
}
