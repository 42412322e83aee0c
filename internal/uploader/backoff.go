package uploader

// Wait times, in milliseconds.
const (
	firstBackoffMilliseconds = 1000
	// maxBackoffMilliseconds is short because a user is watching the upload.
	maxBackoffMilliseconds = 30_000
	// maxRetryAfterMilliseconds limits the Retry-After header: a mistake in it must
	// not delay an upload for a day.
	maxRetryAfterMilliseconds = 120_000

	// StallMilliseconds is the time without a byte after which a request is aborted.
	StallMilliseconds = 15_000
)

// Backoff returns the milliseconds to wait after a number of faults in a row (1 or
// more). random is in [0,1): full jitter keeps a thousand pages from retrying at the
// same moment after an outage. retryAfter, the server's Retry-After header in
// milliseconds, is a minimum.
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
