package provider

import (
	"errors"
	"net/http"
	"strconv"
	"time"
)

// MaxRetryAfter caps what an API asks to wait: a mistaken header must not hold a
// channel for years.
const MaxRetryAfter = 15 * time.Minute

// RetryAfter reads the header in both of its forms, seconds and HTTP date
// (RFC 9110, section 10.2.3). It is 0 where there is none, where it cannot be
// read and where it lies in the past.
//
// The date is one of the server's clock, so that it is compared with the answer's
// own Date (section 6.6.1). Now stands for that where there is none.
func RetryAfter(header http.Header, now time.Time) time.Duration {
	value := header.Get("Retry-After")
	if value == "" {
		return 0
	}
	seconds, err := strconv.ParseInt(value, 10, 64)
	if err == nil || errors.Is(err, strconv.ErrRange) {
		// Bounded before it becomes a Duration, which would overflow.
		seconds = max(0, min(seconds, int64(MaxRetryAfter/time.Second)))
		return time.Duration(seconds) * time.Second
	}
	date, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	if sent, err := http.ParseTime(header.Get("Date")); err == nil {
		now = sent
	}
	return max(0, min(date.Sub(now), MaxRetryAfter))
}
