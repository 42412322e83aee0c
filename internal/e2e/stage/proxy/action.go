package proxy

import (
	"io"
	"net"
	"net/http"
)

// What happens to them.

// cutAfter cuts the connection when the server has so many bytes of the body.
func CutAfter(bytes int64) func(*Exchange) {
	return func(c *Exchange) {
		c.Request.Body = &truncatedBody{ReadCloser: c.Request.Body, left: bytes, then: func() error { c.Fire(); return errCut }}
		c.Forward()
	}
}

// cutAtOf cuts at a byte that depends on the body's length.
func CutAt(at func(length int64) int64) func(*Exchange) {
	return func(c *Exchange) { CutAfter(at(c.Request.ContentLength))(c) }
}

// resetAfter is cutAfter with a reset (RST) in place of an orderly end.
func ResetAt(at func(length int64) int64) func(*Exchange) {
	return func(c *Exchange) {
		defer func() {
			if aborted := recover(); aborted != nil && aborted != http.ErrAbortHandler { //nolint:errorlint // a panic's value
				panic(aborted)
			}
			c.reset()
		}()
		CutAfter(at(c.Request.ContentLength))(c)
	}
}

// loseAnswer lets the server do its work and resets the connection in place of the answer.
func LoseResponse(c *Exchange) {
	heard := &discardedResponse{header: http.Header{}}
	outer := c.response
	c.response = heard
	c.Forward()
	c.response = outer
	if heard.status >= 200 && heard.status < 300 {
		c.Fire()
	}
	c.reset()
}

// answers answers in the server's place, as a proxy does that sits in front of it.
func Respond(status int, header http.Header, body string) func(*Exchange) {
	return func(c *Exchange) {
		_, _ = io.Copy(io.Discard, c.Request.Body)
		for name, values := range header {
			c.response.Header()[name] = values
		}
		c.Fire()
		c.response.WriteHeader(status)
		_, _ = io.WriteString(c.response, body)
	}
}

// html is a proxy's own page, which is no problem document.
func RespondHTML(status int) func(*Exchange) {
	return Respond(status, http.Header{"Content-Type": {"text/html"}},
		"<html><head><title>"+http.StatusText(status)+"</title></head><body><h1>nginx</h1></body></html>")
}

// swallow takes the body and gives none of it on, and never answers.
func SwallowBody(c *Exchange) {
	_, _ = io.Copy(io.Discard, c.Request.Body)
	c.Fire()
	select {
	case <-c.Request.Context().Done():
	case <-c.proxy.closing:
	}
}

// stopReading leaves the body where it is, so that the sender comes to a stop.
func StopReading(c *Exchange) {
	if conn := c.hijack(); conn != nil {
		c.proxy.mu.Lock()
		c.proxy.parked = append(c.proxy.parked, conn)
		c.proxy.mu.Unlock()
		c.Fire()
	}
}

// silence lets so many bytes through and then nothing, in both directions: the
// server goes on waiting for the rest, as it does when a phone leaves its network.
func Stall(bytes int64) func(*Exchange) {
	return func(c *Exchange) {
		c.Request.Body = &truncatedBody{ReadCloser: c.Request.Body, left: bytes, then: func() error {
			c.Fire()
			<-c.proxy.closing
			return errCut
		}}
		c.Forward()
	}
}

// flip changes one bit of the body.
func FlipBit(at int64) func(*Exchange) {
	return func(c *Exchange) {
		c.Request.Body = &flippedBody{ReadCloser: c.Request.Body, at: at, fire: c.Fire}
		c.Forward()
	}
}

// strip takes headers out of the answer.
func StripHeaders(names ...string) func(*Exchange) {
	return func(c *Exchange) {
		c.response = &strippedResponse{ResponseWriter: c.response, names: names, fire: c.Fire}
		c.Forward()
	}
}

func (c *Exchange) hijack() net.Conn {
	conn, _, err := http.NewResponseController(c.response).Hijack()
	if err != nil {
		c.proxy.Errorf("the fault %q: %v", c.fault.Name, err)
		return nil
	}
	return conn
}

// reset closes the connection with an RST.
func (c *Exchange) reset() {
	conn := c.hijack()
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
		_ = tcp.Close()
	}
}
