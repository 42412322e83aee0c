package provider

import (
	"errors"
	"net/http"
	"strconv"
	"time"
)

// MaxRetryAfter is the maximum wait that an API can request: a wrong header must not
// pause a channel for years.
const MaxRetryAfter = 15 * time.Minute

// RetryAfter parses the header in both of its forms, seconds and HTTP date (RFC 9110,
// section 10.2.3). It returns 0 if the header is missing, invalid or in the past.
//
// A date is relative to the clock of the server, which is the Date of the response
// (section 6.6.1), or now if it has none.
func RetryAfter(header http.Header, now time.Time) time.Duration {
	value := header.Get("Retry-After")
	if value == "" {
		return 0
	}
	seconds, err := strconv.ParseInt(value, 10, 64)
	if err == nil || errors.Is(err, strconv.ErrRange) {
		// Limited before the conversion to a Duration, which could overflow.
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
