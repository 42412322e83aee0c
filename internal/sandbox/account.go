package sandbox

import (
	"strconv"
	"time"
)

// The limits of a phone number, in the two APIs that lead to Meta. No page states
// one of the on-premise API.
//
// Source: "Upload, retrieve or delete media", section Constraints. The same page
// says elsewhere that five failures block for an hour; it names this pair first
// and in more detail.
const (
	uploadsPerSecond = 25
	infoErrors       = 20
	infoErrorWindow  = time.Hour
	infoBlock        = 30 * time.Minute
)

const rateLimitText = "You have exceeded the endpoint rate limit."

// Number is what Meta calls a phone number and the app that its token is of. Both
// stand in the paths of the Cloud API.
type Number struct{ PhoneNumberID, AppID string }

// The ids of the first key's number; each further key has the next of each.
const (
	DemoPhoneNumberID = "106540352242922"
	DemoAppID         = "441000352242922"
)

func number(index int) Number {
	after := func(first string) string {
		n, _ := strconv.Atoi(first) // a constant
		return strconv.Itoa(n + index)
	}
	return Number{PhoneNumberID: after(DemoPhoneNumberID), AppID: after(DemoAppID)}
}

// account is one phone number: whose key it is, whose media. Server.mu guards it.
type account struct {
	Number
	userID       string
	uploads      window
	failures     window
	blockedUntil time.Time
}

func newAccount(index int) *account {
	return &account{
		Number: number(index), userID: digits(15),
		uploads:  window{length: time.Second},
		failures: window{length: infoErrorWindow},
	}
}

// window counts events of the last stretch of time.
type window struct {
	length time.Duration
	events []time.Time
}

func (w *window) count(now time.Time) int {
	for len(w.events) > 0 && now.Sub(w.events[0]) >= w.length {
		w.events = w.events[1:]
	}
	return len(w.events)
}

func (w *window) add(now time.Time) { w.events = append(w.events, now) }

// mayUpload counts an upload, unless the second is full.
func (s *Server) mayUpload(who *account) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if who.uploads.count(now) >= uploadsPerSecond {
		return false
	}
	who.uploads.add(now)
	return true
}

// mayAsk tells whether GET /{media-id} is open to the account.
func (s *Server) mayAsk(who *account) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.now().Before(who.blockedUntil)
}

// askedInVain counts a failed GET /{media-id}; the twentieth closes it.
func (s *Server) askedInVain(who *account) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	who.failures.add(now)
	if who.failures.count(now) >= infoErrors {
		who.blockedUntil = now.Add(infoBlock)
		who.failures.events = nil
	}
}
