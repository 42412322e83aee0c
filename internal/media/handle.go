package media

import "strings"

// Handle is what a template header or a profile picture needs. One upload may
// give several lines; they are kept and passed on whole. A handle holds the
// file's name and account ids, so it is confidential: never log it.
type Handle string

// HandleLifetimeSeconds is assumed where a handle does not say its own end.
// No page of the provider states a lifetime; the shortest seen was 33 hours.
const HandleLifetimeSeconds int64 = 24 * 60 * 60

// Expiry reads the advisory end that a handle carries in its ":e:" field, in
// seconds of Unix time. ok is false where there is none. Of several lines the
// first end counts.
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
