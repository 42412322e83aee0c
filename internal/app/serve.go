package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// serve answers on both listeners until ctx is done or one of them fails, and then
// closes the application.
func (a *application) serve(ctx context.Context, o Options) error {
	public, err := listen(ctx, "MEDIARELAY_LISTEN", o.Config.Listen)
	if err != nil {
		return errors.Join(err, a.close())
	}
	private, err := listen(ctx, "MEDIARELAY_ADMIN_LISTEN", o.Config.AdminListen)
	if err != nil {
		return errors.Join(err, public.Close(), a.close())
	}
	a.start()
	server, admin := newServer(a.public), newServer(a.admin)
	// Readiness ends with the signal, so that a load balancer stops sending requests,
	// while metrics stay available for the last ones.
	admin.BaseContext = func(net.Listener) context.Context { return ctx }
	publicFailed, adminFailed := serveOn(server, public), serveOn(admin, private)

	err = greet(ctx, o, running{public: public.Addr(), admin: private.Addr(), store: a.store})
	if err == nil {
		err = waitForEnd(ctx, shutdownDelay(o), publicFailed, adminFailed)
	}
	slog.Info("stopping")
	return errors.Join(err, bounded(stopTimeout, func() error { return a.end(server, admin) }))
}

func (a *application) end(server, admin *http.Server) error {
	err := shutDown(server)
	a.stop()
	return errors.Join(err, shutDown(admin), a.close())
}

// errStopTimeout is the end of a stop that waits for something that hangs, such as the
// database.
var errStopTimeout = fmt.Errorf("the stop was aborted after %v; unfinished work resumes at the next start", stopTimeout)

// bounded waits a limited time for a function to return. Giving up loses nothing:
// the process may die at any moment anyway.
func bounded(timeout time.Duration, end func() error) error {
	ended := make(chan error, 1)
	go func() { ended <- end() }()
	select {
	case err := <-ended:
		return err
	case <-time.After(timeout):
		return errStopTimeout
	}
}

func listen(ctx context.Context, variable, address string) (net.Listener, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", variable, err)
	}
	return listener, nil
}

// shutdownDelay is 0 for the sandbox: people start it by hand, without a load balancer,
// and end it with Ctrl-C.
func shutdownDelay(o Options) time.Duration {
	if o.Config.Sandbox {
		return 0
	}
	return o.Config.ShutdownDelay
}

// waitForEnd waits for the end of ctx and then for the delay, in which load balancers
// notice that the server is not ready. It returns earlier if a listener fails.
func waitForEnd(ctx context.Context, delay time.Duration, publicFailed, adminFailed <-chan error) error {
	done := ctx.Done()
	var delayed <-chan time.Time
	for {
		select {
		case <-done:
			slog.Info("not ready; serving until the shutdown delay is over", "delay", delay.String())
			done, delayed = nil, time.After(delay)
		case <-delayed:
			return nil
		case err := <-publicFailed:
			return fmt.Errorf("the public listener failed: %w", err)
		case err := <-adminFailed:
			return fmt.Errorf("the admin listener failed: %w", err)
		}
	}
}
