package sandbox

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// Fault is one thing that goes wrong with one request.
type Fault struct {
	name string
	act  func(*scene)
}

// scene is a request on which a fault acts.
type scene struct {
	w      http.ResponseWriter
	r      *http.Request
	next   http.Handler
	fire   func()
	closed <-chan struct{}
}

// Pass lets one request through, so that the fault after it meets the next one.
func Pass() Fault {
	return Fault{"pass", func(s *scene) {
		s.fire()
		s.next.ServeHTTP(s.w, s.r)
	}}
}

// Answer reads the request and answers in the API's place. The header may be nil.
func Answer(status int, header http.Header, body string) Fault {
	return Fault{"answer " + strconv.Itoa(status), func(s *scene) {
		drain(s.r.Body)
		s.fire()
		s.reply(status, header, []byte(body))
	}}
}

// RateLimit answers as a gateway does that has had enough: with the status 400
// and a bare message.
func RateLimit() Fault {
	return Answer(http.StatusBadRequest, http.Header{"Content-Type": {"application/json"}}, `{"message":"`+rateLimitText+`"}`)
}

// HTML answers with a proxy's page.
func HTML(status int) Fault {
	return Answer(status, http.Header{"Content-Type": {"text/html"}},
		fmt.Sprintf("<html><head><title>%[1]d %[2]s</title></head><body><h1>%[2]s</h1></body></html>", status, http.StatusText(status)))
}

// Redirect answers with a status of the 300s and a Location.
func Redirect(status int, location string) Fault {
	return Answer(status, http.Header{"Location": {location}}, "")
}

// EarlyAnswer answers before it reads the body.
func EarlyAnswer(status int, body string) Fault { return AnswerAfter(0, status, body) }

// AnswerAfter reads the first n bytes of the body and answers in the API's place.
func AnswerAfter(n int64, status int, body string) Fault {
	return Fault{fmt.Sprintf("answer %d after %d bytes", status, n), func(s *scene) {
		_, _ = io.CopyN(io.Discard, s.r.Body, n)
		s.fire()
		s.reply(status, nil, []byte(body))
	}}
}

// ResetAfter lets the API have the first n bytes of the body and then resets the
// connection. The API keeps what it got, as far as it keeps parts.
func ResetAfter(n int64) Fault {
	return Fault{fmt.Sprintf("reset after %d bytes", n), func(s *scene) {
		cut := &cutBody{ReadCloser: s.r.Body, left: n}
		s.r.Body = cut
		taken := &recorder{}
		s.next.ServeHTTP(taken, s.r)
		if !cut.reached {
			s.copy(taken, taken.body.Bytes())
			return
		}
		s.fire()
		s.reset()
	}}
}

// LoseAnswer lets the API do its work and resets the connection in place of the
// answer.
func LoseAnswer() Fault {
	return Fault{"lose the answer", func(s *scene) {
		s.next.ServeHTTP(&recorder{}, s.r)
		s.fire()
		s.reset()
	}}
}

// TruncatedJSON lets the API do its work and sends the first half of its answer.
func TruncatedJSON() Fault {
	return Fault{"truncated JSON", func(s *scene) {
		taken := &recorder{}
		s.next.ServeHTTP(taken, s.r)
		taken.Header().Del("Content-Length")
		s.fire()
		s.copy(taken, taken.body.Bytes()[:taken.body.Len()/2])
	}}
}

// Stall takes the whole body and never answers. It ends when the client or the
// Server goes.
func Stall() Fault {
	return Fault{"stall", func(s *scene) {
		drain(s.r.Body)
		s.fire()
		s.hold()
	}}
}

// StallAfter takes the first n bytes of the body and then reads no more. It ends
// when the Server goes.
func StallAfter(n int64) Fault {
	return Fault{fmt.Sprintf("stall after %d bytes", n), func(s *scene) {
		if got, _ := io.CopyN(io.Discard, s.r.Body, n); got == n {
			s.fire()
		}
		s.hold()
	}}
}

// Slow lets the API have the body at a rate, in bytes a second.
func Slow(rate int64) Fault {
	return Fault{fmt.Sprintf("slow, %d bytes a second", rate), func(s *scene) {
		s.r.Body = &slowBody{ReadCloser: s.r.Body, rate: rate, fire: s.fire, done: s.closed}
		s.next.ServeHTTP(s.w, s.r)
	}}
}

func (s *scene) reply(status int, header http.Header, body []byte) {
	for name, values := range header {
		s.w.Header()[name] = values
	}
	s.w.WriteHeader(status)
	_, _ = s.w.Write(body)
}

func (s *scene) copy(taken *recorder, body []byte) {
	s.reply(taken.status, taken.Header(), body)
}

func (s *scene) hold() {
	select {
	case <-s.r.Context().Done():
	case <-s.closed:
	}
	s.reset()
}

// reset drops the connection at once. A connection of HTTP/2 carries other
// requests too: there only this one's stream is reset.
func (s *scene) reset() {
	conn, _, err := http.NewResponseController(s.w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(interface{ SetLinger(int) error }); ok {
		_ = tcp.SetLinger(0) // a reset in place of an orderly end
	}
	_ = conn.Close()
}
