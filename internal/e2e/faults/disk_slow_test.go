package faults

import (
	"context"
	"strconv"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage"
)

// Each flush takes a quarter of a second, or two seconds. Uploads take longer, and no
// goroutines pile up.
func TestSlowDisk(t *testing.T) {
	for name, c := range map[string]struct {
		flush   time.Duration
		uploads int
	}{
		"a quarter of a second": {250 * time.Millisecond, 8},
		"two seconds":           {2 * time.Second, 4},
	} {
		t.Run(name, func(t *testing.T) {
			if c.flush > time.Second {
				stage.LongTest(t)
			}
			t.Parallel()
			i := stage.NewProcess(t)
			traceWithFaults(i, "-e", "trace=fsync", "-e", "inject=fsync:delay_enter="+strconv.FormatInt(c.flush.Microseconds(), 10))
			i.Start()
			ctx, cancel := context.WithTimeout(t.Context(), 5*stage.RecoveryTimeout)
			defer cancel()
			most := make(chan float64, 1)
			watched, stop := context.WithCancel(t.Context())
			go func() { most <- mostGoroutines(watched, i) }()
			ends := i.SendAll(ctx, jpegFiles(t, c.uploads, 200_000))
			stop()
			if most := <-most; most > float64(50+20*c.uploads) {
				t.Errorf("%v goroutines for %d uploads", most, c.uploads)
			}
			i.WantRelayed(ends)
		})
	}
}

func mostGoroutines(ctx context.Context, i *stage.Process) (most float64) {
	for {
		select {
		case <-ctx.Done():
			return most
		case <-time.After(500 * time.Millisecond):
			most = max(most, i.Metric("go_goroutines"))
		}
	}
}
