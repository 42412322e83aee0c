package uploader

const kibibyte int64 = 1 << 10

// Chunk sizes, in bytes. Chunks give acknowledged progress, a measurement of the
// throughput, and a way through proxies that limit request bodies.
const (
	// FirstChunkBytes is sent with the creation, so most pictures need one request.
	FirstChunkBytes = 1024 * kibibyte
	// MinChunkBytes keeps the overhead of a request small.
	MinChunkBytes = 256 * kibibyte
	// MaxChunkBytes limits the loss if a proxy that buffers whole requests fails.
	MaxChunkBytes = 16 * 1024 * kibibyte
)

// Duration of a chunk, in milliseconds: long enough to keep the number of requests
// low, short enough to acknowledge progress often and to lose little at a failure.
const (
	shortChunkMilliseconds  = 2000
	targetChunkMilliseconds = 3500
	longChunkMilliseconds   = 5000
)

// growthFactor limits the growth per chunk, because one measurement may be an
// outlier. On a fast connection the size still reaches its maximum in two chunks.
const growthFactor = 4

// NextChunk returns the size of the next chunk, after the server accepted sent bytes
// of a chunk of size current in elapsed milliseconds. The result is at most ceiling,
// which must be at least MinChunkBytes.
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

// atRate is the number of bytes that fit into the target duration at the measured
// throughput.
func atRate(sent, elapsed int64) int64 {
	return sent * targetChunkMilliseconds / max(elapsed, 1)
}

// wholeSteps rounds down to a multiple of MinChunkBytes, which is easy to read in
// logs.
func wholeSteps(n int64) int64 { return n / MinChunkBytes * MinChunkBytes }

func clamp(n, low, high int64) int64 { return min(max(n, low), high) }
