package sandbox

import (
	"strconv"
	"time"
)

// The limits of a phone number in waba-v2 and the Cloud API. No page states a limit of
// the on-premise API.
//
// Source: "Upload, retrieve or delete media", section Constraints. The same page
// mentions a second rule, five failures and a block of an hour; this one comes first and
// has more detail.
const (
	uploadsPerSecond     = 25
	retrievalErrors      = 20
	retrievalErrorWindow = time.Hour
	retrievalBlock       = 30 * time.Minute
)

const rateLimitText = "You have exceeded the endpoint rate limit."

// Number holds Meta's IDs of a phone number and of the app to which its token belongs.
// Paths of the Cloud API contain them.
type Number struct{ PhoneNumberID, AppID string }

// The IDs of the first key's number. Each further key has the next higher IDs.
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

// account is the phone number of a key, with its limits. Server.mu guards it.
type account struct {
	Number
	userID       string
	uploads      eventWindow
	failures     eventWindow
	blockedUntil time.Time
}

func newAccount(index int) *account {
	return &account{
		Number: number(index), userID: digits(15),
		uploads:  eventWindow{length: time.Second},
		failures: eventWindow{length: retrievalErrorWindow},
	}
}

// eventWindow counts the events of a sliding period.
type eventWindow struct {
	length time.Duration
	events []time.Time
}

func (w *eventWindow) count(now time.Time) int {
	for len(w.events) > 0 && now.Sub(w.events[0]) >= w.length {
		w.events = w.events[1:]
	}
	return len(w.events)
}

func (w *eventWindow) add(now time.Time) { w.events = append(w.events, now) }

// allowUpload counts an upload; it returns false if the limit is reached.
func (s *Server) allowUpload(account *account) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if account.uploads.count(now) >= uploadsPerSecond {
		return false
	}
	account.uploads.add(now)
	return true
}

// mayRetrieve reports whether the account may call GET /{media-id}.
func (s *Server) mayRetrieve(account *account) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.now().Before(account.blockedUntil)
}

// countFailedRetrieval counts a failed GET /{media-id}; the twentieth blocks it.
func (s *Server) countFailedRetrieval(account *account) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	account.failures.add(now)
	if account.failures.count(now) >= retrievalErrors {
		account.blockedUntil = now.Add(retrievalBlock)
		account.failures.events = nil
	}
}
