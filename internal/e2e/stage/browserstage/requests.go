package browserstage

import (
	"strings"

	"mediarelay/internal/e2e/stage/proxy"
)

// LongestChunk is the length of the largest request body, in bytes.
func (s *Stage) LongestChunk() int64 {
	longest := int64(0)
	for _, r := range s.Proxy.Requests() {
		longest = max(longest, r.Length)
	}
	return longest
}

// RequestsWith lists the requests with a method.
func (s *Stage) RequestsWith(method string) []proxy.Request {
	s.Helper()
	var list []proxy.Request
	for _, r := range s.Proxy.Requests() {
		if r.Method == method {
			list = append(list, r)
		}
	}
	return list
}

// WantSentAtMost bounds the bytes of files that left the browser.
func (s *Stage) WantSentAtMost(bytes int64) {
	s.Helper()
	sent := int64(0)
	for _, r := range s.Proxy.Requests() {
		sent += r.Received
	}
	if sent > bytes {
		s.Errorf("%d bytes were sent, want %d at most: %s", sent, bytes, s.Proxy.Story())
	}
}

// WantOneEventStream wants the page to have followed its uploads by one stream of events, and
// to have asked for none of them.
func (s *Stage) WantOneEventStream() {
	s.Helper()
	streams, asked := 0, 0
	for _, r := range s.RequestsWith("GET") {
		switch {
		case r.Path == "/v1/events":
			streams++
		case strings.HasPrefix(r.Path, "/v1/uploads/"):
			asked++
		}
	}
	if streams != 1 || asked != 0 {
		s.Errorf("%d streams were opened and %d uploads asked for, want one and none: %s", streams, asked, s.Proxy.Story())
	}
}
