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
		{"within the target duration it stays", mib, mib, 3000, 16 * mib, mib},
		{"at the lower end of the target duration it stays", mib, mib, 2000, 16 * mib, mib},
		{"at the upper end too", mib, mib, 5000, 16 * mib, mib},
		{"too fast: what fits at that throughput", mib, mib, 1000, 16 * mib, 3*mib + 512*kib},
		{"much too fast: at most four times the size", mib, mib, 5, 16 * mib, 4 * mib},
		{"in no time at all", mib, mib, 0, 16 * mib, 4 * mib},
		{"never above the maximum", 8 * mib, 8 * mib, 10, 16 * mib, 16 * mib},
		{"never above the ceiling", 512 * kib, 512 * kib, 10, mib, mib},
		{"too slow: what fits at that throughput", 4 * mib, 4 * mib, 14_000, 16 * mib, mib},
		{"never below the minimum", mib, 10 * kib, 15_000, 16 * mib, 256 * kib},
		{"a slow chunk never grows", mib, mib, 5001, 16 * mib, 512 * kib},
		{"nothing was accepted: half", 2 * mib, 0, 15_000, 16 * mib, mib},
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

// The chunk sizes on a connection of constant speed: up to four times larger each
// time until a chunk takes 2 to 5 seconds or a limit is reached, then constant.
func TestRamp(t *testing.T) {
	for _, c := range []struct {
		name    string
		rate    int64 // bytes a second
		ceiling int64 // from a 413 response
		want    []int64
	}{
		{"1 Gbit/s: the maximum at the third chunk", 125_000_000, 16 * mib, []int64{mib, 4 * mib, 16 * mib, 16 * mib}},
		{"20 Mbit/s: 3.4 seconds each", 2_500_000, 16 * mib, []int64{mib, 4 * mib, 8*mib + 256*kib, 8*mib + 256*kib}},
		{"4 Mbit/s: the first size fits", 500_000, 16 * mib, []int64{mib, mib, mib}},
		{"1 Mbit/s: a step down", 125_000, 16 * mib, []int64{mib, 256 * kib, 256 * kib}},
		{"64 kbit/s: the minimum, however long it takes", 8_000, 16 * mib, []int64{mib, 256 * kib, 256 * kib}},
		{"behind a proxy with a limit of 1 MiB", 125_000_000, mib, []int64{mib, mib, mib}},
		{"behind a proxy with a limit of 256 KiB", 125_000_000, 256 * kib, []int64{256 * kib, 256 * kib}},
	} {
		t.Run(c.name, func(t *testing.T) {
			size := min(uploader.FirstChunkBytes, c.ceiling)
			for i, want := range c.want {
				if size != want {
					t.Fatalf("chunk %d has %d bytes, want %d", i+1, size, want)
				}
				size = uploader.NextChunk(size, size, size*1000/c.rate, c.ceiling)
			}
		})
	}
}

// The ceiling that one upload has found limits the first chunk of the next one.
func TestCeilingIsRemembered(t *testing.T) {
	for _, c := range []struct{ known, first, ceiling int64 }{
		{0, mib, 16 * mib},
		{512 * kib, 512 * kib, 512 * kib},
		{4 * mib, mib, 4 * mib},
		{1, 256 * kib, 256 * kib},
		{1 << 40, mib, 16 * mib},
	} {
		m := uploader.New(withServer(uploader.Config{Length: 20 * mib, Ceiling: c.known}))
		first, ok := m.Handle(0, uploader.Start{}).(uploader.Send)
		if !ok || first.Length != c.first || m.Ceiling() != c.ceiling {
			t.Errorf("ceiling %d: the first chunk has %d bytes under a ceiling of %d, want %d and %d",
				c.known, first.Length, m.Ceiling(), c.first, c.ceiling)
		}
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
		{"full jitter starts at zero", 1, 0, 0, 0},
		{"the first is up to a second", 1, 0, 0.999, 999},
		{"then it doubles", 2, 0, 0.5, 1000},
		{"and doubles again", 5, 0, 0.5, 8000},
		{"up to thirty seconds", 6, 0, 0.5, 15_000},
		{"however many there are", 1 << 40, 0, 0.5, 15_000},
		{"Retry-After is a minimum", 1, 5000, 0, 5000},
		{"with at most a second of jitter", 9, 5000, 0.9, 6000},
		{"up to two minutes", 1, 1 << 50, 0, 120_000},
		{"a negative Retry-After is ignored", 1, -5, 0.5, 500},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := uploader.Backoff(c.faults, c.retryAfter, c.random); got != c.want {
				t.Errorf("Backoff(%d, %d, %g) = %d, want %d", c.faults, c.retryAfter, c.random, got, c.want)
			}
		})
	}
}
