package problem

import (
	"context"
	"io"
	"net/http"
	"time"

	"mediarelay/internal/media"
)

// A client that is still sending its body may see a broken connection in place of a
// response: the kernel answers bytes after the close with a reset, which also discards
// what the client has not read yet. So an unneeded body is read, up to limits.
const (
	// MaxDrainBytes is how much of an unneeded body is read: the largest file, since a
	// client may send a whole file in one request.
	MaxDrainBytes = media.MaxUploadBytes
	// drainTimeout is the time for a chunk of 16 MiB, the largest of our own uploader,
	// at 13 Mbit/s.
	drainTimeout = 10 * time.Second
	// autoDrainBytes is how much net/http reads by itself.
	//
	// Source: net/http, server.go, maxPostHandlerReadBytes.
	autoDrainBytes = 256 << 10
)

// WriteEarly writes a problem of a request whose body may not have been read, and then
// reads the rest of the body. A client that reads while it sends gets the problem at
// once and stops; any other client gets it after its last byte.
func WriteEarly(w http.ResponseWriter, r *http.Request, p Problem) {
	ctx := r.Context()
	sending := p.Status != http.StatusRequestTimeout && r.ProtoMajor == 1 && ctx.Err() == nil && mayBeSending(r)
	control := http.NewResponseController(w)
	if sending {
		w.Header().Set("Connection", "close") // the client must not send the next request behind this body
		// Without it, net/http may stop reading once the response has begun. Without
		// support for it, the response is only less likely to be read.
		_ = control.EnableFullDuplex()
	}
	Write(w, p)
	if !sending || control.Flush() != nil || control.SetReadDeadline(time.Now().Add(drainTimeout)) != nil {
		return
	}
	// A server that stops does not wait for the body.
	defer context.AfterFunc(ctx, func() { _ = control.SetReadDeadline(time.Now()) })()
	_, _ = io.CopyN(io.Discard, r.Body, MaxDrainBytes) // whatever ends it, the connection is done
}

// mayBeSending reports whether a request may have more of its body to send than net/http
// reads by itself. The length of a chunked body is -1.
func mayBeSending(r *http.Request) bool {
	return r.Body != nil && (r.ContentLength < 0 || r.ContentLength > autoDrainBytes)
}
