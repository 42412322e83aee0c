package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/tus/tusd/v2/pkg/handler"
)

// The limits of a listener. There is no read or write time-out for a whole
// request: a chunk on a poor line and a stream of events take as long as they
// take, and both set their own deadlines as they go on.
const (
	// bodyTimeout is how long the first bytes of a body may take. tusd puts the
	// deadline off as they come; without a first one, a request that is refused
	// before its body is read would hold its connection for ever.
	bodyTimeout       = 30 * time.Second
	readHeaderTimeout = 10 * time.Second
	idleTimeout       = 2 * time.Minute
	// maxHeaderBytes holds Upload-Metadata (4 KiB), a token (8 KiB) and the rest.
	maxHeaderBytes = 16 << 10
)

// http2Windows keeps one upload that waits from starving the others of its
// connection, whose receive window they share: with Go's 1 MiB a second upload
// stands still behind it.
var http2Windows = &http.HTTP2Config{
	MaxReceiveBufferPerConnection: 64 << 20,
	MaxReceiveBufferPerStream:     1 << 20,
}

const (
	// shutdownWithin is how long requests may take to end after the signal to stop.
	// Relays have 10 s more, by the default of relay.Config.Drain.
	shutdownWithin = 15 * time.Second
	// endWithin bounds the whole stop: Kubernetes kills after 30 s, without a word in
	// the log (terminationGracePeriodSeconds of its Pod API).
	endWithin = 27 * time.Second
)

// newServer makes a server whose requests hear of its shutdown: tusd then saves
// what has arrived and answers 503, and streams of events end.
func newServer(h http.Handler) *http.Server {
	stopping, stop := context.WithCancelCause(context.Background())
	server := &http.Server{
		Handler:           withBodyDeadline(h, bodyTimeout),
		ReadHeaderTimeout: readHeaderTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		HTTP2:             http2Windows,
		BaseContext:       func(net.Listener) context.Context { return stopping },
	}
	server.RegisterOnShutdown(func() { stop(handler.ErrServerShutdown) })
	return server
}

func withBodyDeadline(h http.Handler, within time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength != 0 {
			// net/http's own writer can always set it, and resets it after the request.
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(within))
		}
		h.ServeHTTP(w, r)
	})
}

// serveOn serves in the background; the channel gets an error if that ends by itself.
func serveOn(server *http.Server, listener net.Listener) <-chan error {
	failed := make(chan error, 1)
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			failed <- err
		}
	}()
	return failed
}

// shutDown ends a server: no new request, then the running ones, then by force.
func shutDown(server *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownWithin)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return errors.Join(err, server.Close())
	}
	return nil
}
