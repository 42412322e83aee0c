// Package problem defines the error responses of the HTTP API and writes them as
// RFC 9457 problem details: a stable code for programs, a title for people, and a
// detail that says what is wrong with this request and how to fix it. A client that is
// still sending its request reads the response too (WriteEarly).
//
// It leaves to others: choosing the problem for a request (httpapi, intake), and
// logging the internal error behind it, which a response never contains.
package problem

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"mediarelay/internal/reason"
	"mediarelay/internal/reason/catalogue"
)

// ContentType is the media type of a problem.
//
// Source: RFC 9457, section 3.
const ContentType = "application/problem+json"

// Problem is one error response. It is an error, so that functions that check a
// request can return it as one; From finds it again.
type Problem struct {
	// Status is the HTTP status, 400 to 599.
	Status int
	Code   reason.Code
	// Title is the English sentence for the code; Write translates it into the
	// language of the response.
	Title string
	// Detail says what is wrong with this request and how to fix it. It may be empty.
	// It never contains a secret, a path or another program's error text.
	Detail string
	// Facts are the values in the title, such as a limit: for programs, and for
	// translating the title.
	Facts []reason.Fact
	// RetryAfter is the Retry-After header in seconds; 0 for that of the status.
	RetryAfter int
}

// New returns a problem whose title is the catalogue's sentence for the code.
func New(status int, code reason.Code, detail string, facts ...reason.Fact) Problem {
	return Problem{
		Status: status,
		Code:   code,
		Title:  catalogue.Message(catalogue.Fallback, code, facts),
		Detail: detail,
		Facts:  facts,
	}
}

// Error returns the code and the detail, for a log.
func (p Problem) Error() string {
	if p.Detail == "" {
		return string(p.Code)
	}
	return string(p.Code) + ": " + p.Detail
}

// From returns the problem in err's chain. Any other error is Internal.
func From(err error) Problem {
	var p Problem
	if errors.As(err, &p) {
		return p
	}
	return Internal()
}

// retryAfter is the Retry-After header by status, in seconds.
var retryAfter = map[int]int{
	// Space is freed by an operator or by a sweep, and neither is faster.
	http.StatusInsufficientStorage: 5,
	// An upload ends, or an event stream, when its client has made progress.
	http.StatusTooManyRequests: 5,
}

// Write sends the problem, with its title in the language of the response's
// Content-Language header. Other headers that are set stay. Write must be called
// before anything else is written.
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
	if seconds := cmp.Or(p.RetryAfter, retryAfter[p.Status]); seconds > 0 {
		h.Set("Retry-After", strconv.Itoa(seconds))
	}
	w.WriteHeader(p.Status)
	// Only the connection can fail here, and then the client cannot be told.
	_ = json.NewEncoder(w).Encode(p)
}

// MarshalJSON writes the members of RFC 9457 and our own: code and facts. It omits
// type, which the RFC reads as "about:blank"; code identifies the problem.
func (p Problem) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Status int            `json:"status"`
		Code   reason.Code    `json:"code"`
		Title  string         `json:"title"`
		Detail string         `json:"detail,omitempty"`
		Facts  map[string]any `json:"facts,omitempty"`
	}{p.Status, p.Code, p.Title, p.Detail, Facts(p.Facts)})
}

// Facts returns facts as a JSON object: by name, numbers as numbers.
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

// challenge returns the WWW-Authenticate header, which a 401 must carry.
//
// Source: RFC 6750, section 3: no error attribute if the request had no token.
func challenge(p Problem) string {
	if p.Status != http.StatusUnauthorized {
		return ""
	}
	if p.Code == reason.ProblemTokenExpired {
		return `Bearer realm="mediarelay", error="invalid_token", error_description="the token expired"`
	}
	return `Bearer realm="mediarelay"`
}
