package app

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/tus/tusd/v2/pkg/handler"
)

// The limits of a listener. A whole request has no read or write timeout: a chunk on a
// slow connection and a stream of events may take long, and both extend their own
// deadlines as data flows.
const (
	// bodyTimeout is how long the first bytes of a body may take. tusd extends the
	// deadline as bytes arrive. Without it, a request that is rejected before its body
	// is read would hold its connection indefinitely.
	bodyTimeout       = 30 * time.Second
	readHeaderTimeout = 10 * time.Second
	idleTimeout       = 2 * time.Minute
	// maxHeaderBytes holds Upload-Metadata (4 KiB), a token (8 KiB) and the rest.
	maxHeaderBytes = 16 << 10
)

// http2Windows keeps one waiting upload from starving the others of its connection,
// which share its receive window: with Go's default of 1 MiB a second upload stalls
// behind the first.
var http2Windows = &http.HTTP2Config{
	MaxReceiveBufferPerConnection: 64 << 20,
	MaxReceiveBufferPerStream:     1 << 20,
}

const (
	// shutdownTimeout is how long requests may take to end after the signal to stop.
	// Relays have 10 s more, the default of relay.Config.Drain.
	shutdownTimeout = 10 * time.Second
	// stopTimeout bounds the stop after MEDIARELAY_SHUTDOWN_DELAY. With the delay's
	// default of 5 s, the process ends after 27 s, before killTimeout: Kubernetes kills
	// without a log line.
	stopTimeout = 22 * time.Second
	// killTimeout is how long Kubernetes lets a process stop before it kills it
	// (terminationGracePeriodSeconds of its Pod API).
	killTimeout = 30 * time.Second
	// exitTime is for what a stop does not bound: the exit of the process, and the lock's
	// release by the kernel.
	exitTime = 5 * time.Second
)

// takeoverTimeout is how long a start waits for the previous server to release its
// SQLite file. That server is taken to have the same shutdown delay. It is at least what
// Kubernetes gives it, in case its delay was longer.
func takeoverTimeout(shutdownDelay time.Duration) time.Duration {
	return max(shutdownDelay+stopTimeout, killTimeout) + exitTime
}

// newServer makes a server whose shutdown cancels the contexts of its requests: tusd
// then saves what has arrived and answers 503, and event streams end.
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

func withBodyDeadline(h http.Handler, timeout time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength != 0 {
			// net/http's own writer can always set it, and resets it after the request.
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(timeout))
		}
		h.ServeHTTP(w, r)
	})
}

// serveOn serves in the background. The channel gets an error if serving ends by itself.
func serveOn(server *http.Server, listener net.Listener) <-chan error {
	failed := make(chan error, 1)
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			failed <- err
		}
	}()
	return failed
}

// shutDown ends a server: it accepts no new request, waits for the running ones, and
// closes what is left after shutdownTimeout.
func shutDown(server *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return errors.Join(err, server.Close())
	}
	return nil
}
