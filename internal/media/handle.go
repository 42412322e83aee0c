package media

import "strings"

// Handle refers to an uploaded file in a template header or a profile picture. It may
// have several lines, which are stored and passed on unchanged. It contains the
// file's name and account ids, so it is confidential: never log it.
type Handle string

// HandleLifetimeSeconds is the assumed lifetime of a handle without an expiry. The
// provider does not document one; the shortest observed was 33 hours.
const HandleLifetimeSeconds int64 = 24 * 60 * 60

// Expiry returns the advisory expiry in the handle's ":e:" field, in seconds of Unix
// time. ok is false if it has none. Of several lines the earliest expiry counts.
func (h Handle) Expiry() (unixSeconds int64, ok bool) {
	for _, line := range strings.Split(string(h), "\n") {
		end, found := lineExpiry(line)
		if found && (!ok || end < unixSeconds) {
			unixSeconds, ok = end, true
		}
	}
	return unixSeconds, ok
}

func lineExpiry(line string) (int64, bool) {
	const digits = 10 // seconds of Unix time have ten digits until the year 2286
	_, rest, found := strings.Cut(line, ":e:")
	if !found || len(rest) <= digits || rest[digits] != ':' {
		return 0, false
	}
	var seconds int64
	for _, c := range []byte(rest[:digits]) {
		if c < '0' || c > '9' {
			return 0, false
		}
		seconds = seconds*10 + int64(c-'0')
	}
	return seconds, true
}
