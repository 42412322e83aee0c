package proxy

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"time"
)

// CutAfter closes the connection once the server has received a number of bytes of the
// body.
func CutAfter(bytes int64) func(*Exchange) {
	return func(c *Exchange) {
		c.Request.Body = &truncatedBody{ReadCloser: c.Request.Body, left: bytes, then: func() error { c.Fire(); return errCut }}
		c.Forward()
	}
}

// CutAt closes the connection at a byte that depends on the body's length.
func CutAt(at func(length int64) int64) func(*Exchange) {
	return func(c *Exchange) { CutAfter(at(c.Request.ContentLength))(c) }
}

// ResetAt is CutAt with a TCP reset instead of an orderly close.
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

// LoseResponse lets the server process the request and resets the connection instead of
// answering.
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

// Respond answers instead of the server, as a reverse proxy in front of it does.
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

// RespondHTML answers with an HTML error page, as a reverse proxy does; it is no problem
// document.
func RespondHTML(status int) func(*Exchange) {
	return Respond(status, http.Header{"Content-Type": {"text/html"}},
		"<html><head><title>"+http.StatusText(status)+"</title></head><body><h1>nginx</h1></body></html>")
}

// SwallowBody reads the body, forwards none of it, and never answers.
func SwallowBody(c *Exchange) {
	_, _ = io.Copy(io.Discard, c.Request.Body)
	c.Fire()
	select {
	case <-c.Request.Context().Done():
	case <-c.proxy.closing:
	}
}

// StopReading leaves the body unread, so that the sender's buffers fill.
func StopReading(c *Exchange) {
	if conn := c.hijack(); conn != nil {
		c.proxy.mu.Lock()
		c.proxy.parked = append(c.proxy.parked, conn)
		c.proxy.mu.Unlock()
		c.Fire()
	}
}

// Stall forwards a number of bytes of the body and then nothing, in both directions. The
// server keeps waiting for the rest, as when a phone leaves its network.
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

// CutResponseAfter closes the connection some time after the request came.
func CutResponseAfter(lifetime time.Duration) func(*Exchange) {
	return func(c *Exchange) {
		ctx, cancel := context.WithTimeout(c.Request.Context(), lifetime)
		defer cancel()
		c.Request = c.Request.WithContext(ctx)
		context.AfterFunc(ctx, func() {
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				c.Fire()
			}
		})
		c.Forward()
	}
}

// HoldBack passes on the header of a response, and its body only when that is complete, as
// a proxy that buffers responses does.
func HoldBack(c *Exchange) {
	held := &heldResponse{ResponseWriter: c.response, fire: c.Fire}
	c.response = held
	c.Forward()
	held.release()
}

// FlipBit changes one bit of the body, in the byte at a position.
func FlipBit(at int64) func(*Exchange) {
	return func(c *Exchange) {
		c.Request.Body = &flippedBody{ReadCloser: c.Request.Body, at: at, fire: c.Fire}
		c.Forward()
	}
}

// StripHeaders removes headers from the answer.
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

// reset closes the connection with a TCP reset.
func (c *Exchange) reset() {
	conn := c.hijack()
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
		_ = tcp.Close()
	}
}
