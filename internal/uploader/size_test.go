package uploader_test

import (
	"testing"

	"mediarelay/internal/uploader"
)

func TestNextChunk(t *testing.T) {
	for _, c := range []struct {
		name                            string
		current, sent, elapsed, ceiling int64
		want                            int64
	}{
		{"in the aimed time it stays", mib, mib, 3000, 16 * mib, mib},
		{"at the edges of the aimed time it stays", mib, mib, 2000, 16 * mib, mib},
		{"and at the other edge", mib, mib, 5000, 16 * mib, mib},
		{"too quick: what fits at that rate", mib, mib, 1000, 16 * mib, 3*mib + 512*kib},
		{"much too quick: four times at most", mib, mib, 5, 16 * mib, 4 * mib},
		{"in no time at all", mib, mib, 0, 16 * mib, 4 * mib},
		{"never above the maximum", 8 * mib, 8 * mib, 10, 16 * mib, 16 * mib},
		{"never above what passed", 512 * kib, 512 * kib, 10, mib, mib},
		{"too slow: what fits at that rate", 4 * mib, 4 * mib, 14_000, 16 * mib, mib},
		{"never below the minimum", mib, 10 * kib, 15_000, 16 * mib, 256 * kib},
		{"a slow part is no reason to grow", mib, mib, 5001, 16 * mib, 512 * kib},
		{"nothing got through: half", 2 * mib, 0, 15_000, 16 * mib, mib},
		{"the server lost bytes: half", 2 * mib, -mib, 100, 16 * mib, mib},
		{"half of the minimum is the minimum", 256 * kib, 0, 100, 16 * mib, 256 * kib},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := uploader.NextChunk(c.current, c.sent, c.elapsed, c.ceiling); got != c.want {
				t.Errorf("NextChunk(%d, %d, %d ms, %d) = %d, want %d", c.current, c.sent, c.elapsed, c.ceiling, got, c.want)
			}
		})
	}
}

func TestBackoff(t *testing.T) {
	for _, c := range []struct {
		name       string
		faults     int
		retryAfter int64
		random     float64
		want       int64
	}{
		{"full jitter begins at nothing", 1, 0, 0, 0},
		{"the first is up to a second", 1, 0, 0.999, 999},
		{"then it doubles", 2, 0, 0.5, 1000},
		{"and doubles", 5, 0, 0.5, 8000},
		{"up to thirty seconds", 6, 0, 0.5, 15_000},
		{"however many there are", 1 << 40, 0, 0.5, 15_000},
		{"the server's wish is a minimum", 1, 5000, 0, 5000},
		{"with at most a second of jitter", 9, 5000, 0.9, 6000},
		{"and bounded", 1, 1 << 50, 0, 120_000},
		{"a wish for less than nothing is none", 1, -5, 0.5, 500},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := uploader.Backoff(c.faults, c.retryAfter, c.random); got != c.want {
				t.Errorf("Backoff(%d, %d, %g) = %d, want %d", c.faults, c.retryAfter, c.random, got, c.want)
			}
		})
	}
}
