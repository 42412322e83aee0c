package browserstage

import (
	"mediarelay/internal/e2e/stage/proxy"
)

// longestChunk is the longest body that was announced.
func (s *Stage) LongestChunk() int64 {
	longest := int64(0)
	for _, r := range s.Proxy.Requests() {
		longest = max(longest, r.Length)
	}
	return longest
}

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

// wantSentAtMost bounds the bytes of files that left the browser.
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
