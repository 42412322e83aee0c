package sandbox

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// Fault is a failure of one request.
type Fault struct {
	name string
	act  func(*exchange)
}

// exchange is a request to which a fault applies.
type exchange struct {
	w      http.ResponseWriter
	r      *http.Request
	next   http.Handler
	fire   func()          // marks the fault as fired
	closed <-chan struct{} // closed with the Server
}

// Pass lets one request pass, so that the next fault applies to the next request.
func Pass() Fault {
	return Fault{"pass", func(s *exchange) {
		s.fire()
		s.next.ServeHTTP(s.w, s.r)
	}}
}

// Answer reads the whole request and answers in place of the API. header may be nil.
func Answer(status int, header http.Header, body string) Fault {
	return Fault{"answer " + strconv.Itoa(status), func(s *exchange) {
		drain(s.r.Body)
		s.fire()
		s.reply(status, header, []byte(body))
	}}
}

// RateLimit answers like 360dialog's gateway at its rate limit: status 400 and a bare
// message.
func RateLimit() Fault {
	return Answer(http.StatusBadRequest, http.Header{"Content-Type": {"application/json"}}, `{"message":"`+rateLimitText+`"}`)
}

// HTML answers with an HTML page, like a proxy.
func HTML(status int) Fault {
	return Answer(status, http.Header{"Content-Type": {"text/html"}},
		fmt.Sprintf("<html><head><title>%[1]d %[2]s</title></head><body><h1>%[2]s</h1></body></html>", status, http.StatusText(status)))
}

// Redirect answers with a 3xx status and a Location header.
func Redirect(status int, location string) Fault {
	return Answer(status, http.Header{"Location": {location}}, "")
}

// EarlyAnswer answers without reading the body.
func EarlyAnswer(status int, body string) Fault { return AnswerAfter(0, status, body) }

// AnswerAfter reads n bytes of the body and answers in place of the API.
func AnswerAfter(n int64, status int, body string) Fault {
	return Fault{fmt.Sprintf("answer %d after %d bytes", status, n), func(s *exchange) {
		_, _ = io.CopyN(io.Discard, s.r.Body, n)
		s.fire()
		s.reply(status, nil, []byte(body))
	}}
}

// ResetAfter passes n bytes of the body to the API and then resets the connection. An
// upload session keeps those bytes.
func ResetAfter(n int64) Fault {
	return Fault{fmt.Sprintf("reset after %d bytes", n), func(s *exchange) {
		cut := &cutBody{ReadCloser: s.r.Body, left: n}
		s.r.Body = cut
		recorded := &recorder{}
		s.next.ServeHTTP(recorded, s.r)
		if !cut.reached {
			s.copy(recorded, recorded.body.Bytes())
			return
		}
		s.fire()
		s.reset()
	}}
}

// LoseAnswer lets the API process the request and resets the connection in place of the
// answer.
func LoseAnswer() Fault {
	return Fault{"lose the answer", func(s *exchange) {
		s.next.ServeHTTP(&recorder{}, s.r)
		s.fire()
		s.reset()
	}}
}

// TruncatedJSON lets the API process the request and sends the first half of its answer.
func TruncatedJSON() Fault {
	return Fault{"truncated JSON", func(s *exchange) {
		recorded := &recorder{}
		s.next.ServeHTTP(recorded, s.r)
		recorded.Header().Del("Content-Length")
		s.fire()
		s.copy(recorded, recorded.body.Bytes()[:recorded.body.Len()/2])
	}}
}

// Stall reads the whole body and never answers. It ends when the client disconnects or
// the Server is closed.
func Stall() Fault {
	return Fault{"stall", func(s *exchange) {
		drain(s.r.Body)
		s.fire()
		s.hold()
	}}
}

// StallAfter reads n bytes of the body and then stops reading. As net/http does not
// notice a client that disconnects before its body is read, it ends when the Server is
// closed.
func StallAfter(n int64) Fault {
	return Fault{fmt.Sprintf("stall after %d bytes", n), func(s *exchange) {
		if got, _ := io.CopyN(io.Discard, s.r.Body, n); got == n {
			s.fire()
		}
		s.hold()
	}}
}

// Slow passes the body to the API at a rate in bytes per second.
func Slow(rate int64) Fault {
	return Fault{fmt.Sprintf("slow, %d bytes a second", rate), func(s *exchange) {
		s.r.Body = &slowBody{ReadCloser: s.r.Body, rate: rate, fire: s.fire, done: s.closed}
		s.next.ServeHTTP(s.w, s.r)
	}}
}

func (s *exchange) reply(status int, header http.Header, body []byte) {
	for name, values := range header {
		s.w.Header()[name] = values
	}
	s.w.WriteHeader(status)
	_, _ = s.w.Write(body)
}

func (s *exchange) copy(recorded *recorder, body []byte) {
	s.reply(recorded.status, recorded.Header(), body)
}

func (s *exchange) hold() {
	select {
	case <-s.r.Context().Done():
	case <-s.closed:
	}
	s.reset()
}

// reset resets the connection. With HTTP/2 it resets the stream of this request alone.
func (s *exchange) reset() {
	conn, _, err := http.NewResponseController(s.w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(interface{ SetLinger(int) error }); ok {
		_ = tcp.SetLinger(0) // send RST in place of FIN
	}
	_ = conn.Close()
}
