package uploader

// Times of waiting, in milliseconds.
const (
	firstBackoffMilliseconds = 1000
	// maxBackoffMilliseconds: a person looks at the row, so tries never become rare.
	maxBackoffMilliseconds = 30_000
	// maxRetryAfterMilliseconds bounds what a server may ask for: a typing
	// error in a header must not hold an upload for a day.
	maxRetryAfterMilliseconds = 120_000

	// StallMilliseconds without a byte end a request.
	StallMilliseconds = 15_000
	// WatchStallMilliseconds without a byte end a watch. The server's heartbeat
	// comes every 15 s at most.
	WatchStallMilliseconds = 45_000
)

// Backoff gives the milliseconds to wait after so many faults in a row (1 or
// more). random is in [0,1): full jitter keeps a thousand pages from coming back
// at once after an outage. What the server asked for in retryAfter is a minimum.
func Backoff(faults int, retryAfter int64, random float64) int64 {
	ceiling := int64(firstBackoffMilliseconds)
	for i := 1; i < faults && ceiling < maxBackoffMilliseconds; i++ {
		ceiling *= 2
	}
	ceiling = min(ceiling, maxBackoffMilliseconds)
	jitter := int64(random * float64(ceiling))
	if retryAfter <= 0 {
		return jitter
	}
	return min(retryAfter, maxRetryAfterMilliseconds) + min(jitter, firstBackoffMilliseconds)
}
