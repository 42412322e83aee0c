// Package problem writes the errors of the HTTP surface as RFC 9457 problem
// details: a stable code for programs, a sentence for people, a detail that says
// what, where and what to do.
//
// It leaves to others: which problem a request has (httpapi, intake), and what
// went wrong inside (that goes to the log, never into an answer).
package problem

import (
	"encoding/json"
	"net/http"

	"mediarelay/internal/reason"
	"mediarelay/internal/reason/catalogue"
)

// ContentType is the media type of a problem.
//
// Source: RFC 9457, section 3.
const ContentType = "application/problem+json"

// Problem is one error answer.
type Problem struct {
	// Status is the HTTP status, 400 to 599.
	Status int
	Code   reason.Code
	// Title is the code's sentence in English, for people; Write says it in the
	// answer's language.
	Title string
	// Detail says what is wrong with this very request and what to do. It may be
	// empty and never holds a secret, a path or another program's error text.
	Detail string
	// Facts are the values behind the problem, for programs and for sentences in
	// other languages.
	Facts []reason.Fact
}

// New makes a problem whose title is the catalogue's sentence for the code.
func New(status int, code reason.Code, detail string, facts ...reason.Fact) Problem {
	return Problem{
		Status: status,
		Code:   code,
		Title:  catalogue.Message(catalogue.Fallback, code, facts),
		Detail: detail,
		Facts:  facts,
	}
}

// roomAfter is how many seconds a client waits for room at least: an operator makes
// it, or a sweep does, and neither is faster.
const roomAfter = "5"

// Write sends the problem, with its title in the language that the answer's
// Content-Language names. Headers that are already set stay; an answer that has
// begun cannot be changed any more, so Write must come first.
func Write(w http.ResponseWriter, p Problem) {
	h := w.Header()
	if lang := h.Get("Content-Language"); lang != "" {
		p.Title = catalogue.Message(lang, p.Code, p.Facts)
	}
	h.Set("Content-Type", ContentType)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Del("Content-Length")
	if challenge := challenge(p); challenge != "" {
		h.Set("WWW-Authenticate", challenge)
	}
	if p.Status == http.StatusInsufficientStorage {
		h.Set("Retry-After", roomAfter)
	}
	w.WriteHeader(p.Status)
	// The connection's own failure is all that can go wrong here, and then
	// nobody is left to tell.
	_ = json.NewEncoder(w).Encode(p)
}

// MarshalJSON writes the members of RFC 9457 and ours. `type` is left out, which
// the RFC reads as "about:blank": the code is the name of the problem.
func (p Problem) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Status int            `json:"status"`
		Code   reason.Code    `json:"code"`
		Title  string         `json:"title"`
		Detail string         `json:"detail,omitempty"`
		Facts  map[string]any `json:"facts,omitempty"`
	}{p.Status, p.Code, p.Title, p.Detail, Facts(p.Facts)})
}

// Facts gives facts as JSON carries them: by name, a number as a number.
func Facts(facts []reason.Fact) map[string]any {
	byName := make(map[string]any, len(facts))
	for _, f := range facts {
		byName[f.Name] = factValue(f)
	}
	return byName
}

func factValue(f reason.Fact) any {
	if f.IsNumber {
		return f.Number
	}
	return f.Text
}

// challenge is the WWW-Authenticate header that a 401 must carry.
//
// Source: RFC 6750, section 3: no error attribute where no token came.
func challenge(p Problem) string {
	if p.Status != http.StatusUnauthorized {
		return ""
	}
	if p.Code == reason.ProblemTokenExpired {
		return `Bearer realm="mediarelay", error="invalid_token", error_description="the token expired"`
	}
	return `Bearer realm="mediarelay"`
}
