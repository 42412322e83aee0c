package proxy

import (
	"net/http"
	"strconv"
	"strings"
)

// Match selects the requests that a fault acts on.
type Match func(*http.Request) bool

// Creation matches the creation of an upload.
func Creation(r *http.Request) bool { return r.Method == http.MethodPost && r.URL.Path == "/files/" }

// Chunk matches a chunk after the creation, as a PATCH or as a POST that overrides it.
func Chunk(r *http.Request) bool {
	return Method(http.MethodPatch)(r) || r.Method == http.MethodPost && r.Header.Get("X-HTTP-Method-Override") == http.MethodPatch
}

// Method matches the tus requests with one of these methods.
func Method(names ...string) Match {
	return func(r *http.Request) bool {
		for _, name := range names {
			if r.Method == name && strings.HasPrefix(r.URL.Path, "/files/") {
				return true
			}
		}
		return false
	}
}

// Events matches the event stream of all uploads.
func Events(r *http.Request) bool { return r.URL.Path == "/v1/events" }

// State matches requests for the state of an upload.
func State(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/v1/uploads/")
}

// FileBytes matches requests that carry bytes of a file.
func FileBytes(r *http.Request) bool {
	return Method(http.MethodPost, http.MethodPatch)(r) && r.ContentLength > 0
}

// LastChunk matches the chunk that completes a file of a size.
func LastChunk(size int) Match {
	return func(r *http.Request) bool {
		return FileBytes(r) && max(0, ParseOffset(r.Header.Get("Upload-Offset")))+r.ContentLength == int64(size)
	}
}

// CrossingByte matches the chunk that contains a byte of the file.
func CrossingByte(at int) Match {
	return func(r *http.Request) bool {
		from := max(0, ParseOffset(r.Header.Get("Upload-Offset")))
		return FileBytes(r) && from <= int64(at) && from+r.ContentLength > int64(at)
	}
}

// Nth matches the n-th request that another Match selects, counted from 1.
func Nth(n int, of Match) Match {
	count := 0
	return func(r *http.Request) bool {
		if of(r) {
			count++
		}
		return of(r) && count == n
	}
}

// LargerThan matches requests with more than a number of bytes of a file.
func LargerThan(limit int64) Match {
	return func(r *http.Request) bool { return FileBytes(r) && r.ContentLength > limit }
}

// ParseOffset reads an Upload-Offset header; -1 if there is none.
func ParseOffset(header string) int64 {
	n, err := strconv.ParseInt(header, 10, 64)
	if err != nil {
		return -1
	}
	return n
}
