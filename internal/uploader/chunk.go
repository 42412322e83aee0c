package uploader

const kibibyte int64 = 1 << 10

// Sizes of chunks, in bytes. Finite chunks give acknowledged progress, a measure
// of the line and a way through proxies that bound request bodies.
const (
	// FirstChunkBytes goes with the creation: most pictures are one request in all.
	FirstChunkBytes = 1024 * kibibyte
	// MinChunkBytes keeps the cost of a request small beside its body.
	MinChunkBytes = 256 * kibibyte
	// MaxChunkBytes bounds what a proxy that buffers whole requests can lose.
	MaxChunkBytes = 16 * 1024 * kibibyte
)

// How long a chunk should take, in milliseconds: long enough that requests are
// few, short enough that progress is acknowledged and a cut costs little.
const (
	shortChunkMilliseconds = 2000
	aimChunkMilliseconds   = 3500
	longChunkMilliseconds  = 5000
)

// growthFactor lets the size reach its maximum in two chunks on a fast line and
// keeps one lucky measure from deciding everything.
const growthFactor = 4

// NextChunk gives the size of the next chunk after sent bytes of one of size
// current were accepted in elapsed milliseconds. It is never above ceiling,
// which itself is at least MinChunkBytes.
func NextChunk(current, sent, elapsed, ceiling int64) int64 {
	next := current
	switch {
	case sent <= 0:
		next = current / 2
	case elapsed < shortChunkMilliseconds:
		next = min(atRate(sent, elapsed), current*growthFactor)
	case elapsed > longChunkMilliseconds:
		next = min(atRate(sent, elapsed), current)
	}
	return clamp(wholeSteps(next), MinChunkBytes, ceiling)
}

// atRate is what goes through in the aimed time at the measured rate.
func atRate(sent, elapsed int64) int64 {
	return sent * aimChunkMilliseconds / max(elapsed, 1)
}

// wholeSteps rounds down, so that sizes are easy to read in a log.
func wholeSteps(n int64) int64 { return n / MinChunkBytes * MinChunkBytes }

func clamp(n, low, high int64) int64 { return min(max(n, low), high) }
