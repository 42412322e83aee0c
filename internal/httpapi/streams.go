package httpapi

import (
	"fmt"
	"sync"

	"mediarelay/internal/problem"
)

// streamLimits bounds how many event streams are open at once. Each holds a connection,
// a goroutine and about 30 KiB.
type streamLimits struct {
	// perSubject is for one subject of one channel.
	perSubject int
	total      int
}

// defaultStreamLimits: an element has one stream. A client that follows each upload by
// itself has at most 100 on one connection (the usual SETTINGS_MAX_CONCURRENT_STREAMS of
// HTTP/2).
var defaultStreamLimits = streamLimits{perSubject: 128, total: 2048}

// owner is a subject of a channel.
type owner struct{ channel, subject string }

// streams counts the open event streams.
type streams struct {
	limits streamLimits
	mu     sync.Mutex
	total  int
	by     map[owner]int
}

func newStreams(limits streamLimits) *streams {
	return &streams{limits: limits, by: map[owner]int{}}
}

// acquire counts one stream until release is called. Its error is a problem.
func (s *streams) acquire(channel, subject string) (release func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := owner{channel, subject}
	switch {
	case s.by[o] >= s.limits.perSubject:
		return nil, problem.TooManyRequests(fmt.Sprintf("The token's sub has %d event streams open. Close one of them.", s.limits.perSubject))
	case s.total >= s.limits.total:
		return nil, problem.TooManyRequests("The server has as many event streams open as it can serve.")
	}
	s.total++
	s.by[o]++
	return func() { s.release(o) }, nil
}

func (s *streams) release(o owner) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total--
	if s.by[o]--; s.by[o] == 0 {
		delete(s.by, o)
	}
}
