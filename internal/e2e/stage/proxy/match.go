package proxy

import (
	"net/http"
	"strconv"
	"strings"
)

// match picks the requests that a fault is for.
type Match func(*http.Request) bool

// Which requests.

func Creation(r *http.Request) bool { return r.Method == http.MethodPost && r.URL.Path == "/files/" }

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

// bytesOfFile are the requests that carry some.
func FileBytes(r *http.Request) bool {
	return Method(http.MethodPost, http.MethodPatch)(r) && r.ContentLength > 0
}

// lastChunk is the one that carries a file of a size to its end.
func LastChunk(size int) Match {
	return func(r *http.Request) bool {
		return FileBytes(r) && max(0, ParseOffset(r.Header.Get("Upload-Offset")))+r.ContentLength == int64(size)
	}
}

// passing is the chunk that carries the file over a byte of it.
func CrossingByte(at int) Match {
	return func(r *http.Request) bool {
		from := max(0, ParseOffset(r.Header.Get("Upload-Offset")))
		return FileBytes(r) && from <= int64(at) && from+r.ContentLength > int64(at)
	}
}

// nth is the n-th request that another match picks, counted from 1.
func Nth(n int, of Match) Match {
	count := 0
	return func(r *http.Request) bool {
		if of(r) {
			count++
		}
		return of(r) && count == n
	}
}

func LargerThan(limit int64) Match {
	return func(r *http.Request) bool { return FileBytes(r) && r.ContentLength > limit }
}

func ParseOffset(header string) int64 {
	n, err := strconv.ParseInt(header, 10, 64)
	if err != nil {
		return -1
	}
	return n
}
