package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"mediarelay/internal/auth"
	"mediarelay/internal/config"
	"mediarelay/internal/database"
	"mediarelay/internal/provider"
	"mediarelay/internal/sandbox"
	"mediarelay/web"
)

// demoTokenLife is how long the token of the printed URL is good: a day's work.
const demoTokenLife = 12 * time.Hour

// serveCommand starts the server.
type serveCommand struct {
	config.Settings `embed:""`
}

// Run serves until the signal to stop.
func (c *serveCommand) Run(ctx context.Context, stdout io.Writer) error {
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	cfg, err := config.Load(c.Settings, os.LookupEnv)
	if err != nil {
		return err
	}
	if err := web.Built(); err != nil {
		return err
	}
	return run(ctx, cfg, stdout)
}

// Help lists the settings that flags cannot carry.
func (c *serveCommand) Help() string { return config.EnvironmentOnly() }

// run serves with the built web files until ctx is done; see serveWith.
func run(ctx context.Context, cfg config.Config, stdout io.Writer) error {
	return serveWith(ctx, cfg, site{files: web.Files(), stdout: stdout})
}

// site is what a server shows: its web files, and where it says its address.
type site struct {
	files  fs.FS
	stdout io.Writer
	// dress puts a test's parts in the place of the real ones.
	dress func(parts) parts
	// database is how a test opens the database.
	database []database.Option
}

func (s site) dressed(p parts) parts {
	if s.dress == nil {
		return p
	}
	return s.dress(p)
}

// serveWith builds, joins, serves and stops. The first line on stdout that holds
// a URL says where the public listener is; port 0 takes a free one.
func serveWith(ctx context.Context, cfg config.Config, s site) (err error) {
	if cfg.Sandbox {
		demo, err := startSandbox(ctx, "127.0.0.1:0")
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, demo.stop()) }()
		cfg.Channels = onSandbox(cfg.Channels, demo.url)
	}
	app, err := assemble(ctx, cfg, s)
	if err != nil {
		return err
	}
	return app.serve(ctx, cfg, s.stdout)
}

// onSandbox gives the channels the address and the key of a sandbox.
func onSandbox(channels []config.Channel, url string) []config.Channel {
	placed := make([]config.Channel, len(channels))
	for i, channel := range channels {
		channel.BaseURL, channel.APIKey = url, provider.Secret(sandbox.DemoAPIKey)
		placed[i] = channel
	}
	return placed
}

// serve answers on both listeners until ctx is done or one of them fails, and closes
// the application.
func (a *application) serve(ctx context.Context, cfg config.Config, stdout io.Writer) error {
	public, err := listen(ctx, "MEDIARELAY_LISTEN", cfg.Listen)
	if err != nil {
		return errors.Join(err, a.close())
	}
	private, err := listen(ctx, "MEDIARELAY_ADMIN_LISTEN", cfg.AdminListen)
	if err != nil {
		return errors.Join(err, public.Close(), a.close())
	}
	a.start()
	server, admin := newServer(a.public), newServer(a.admin)
	// Readiness ends with the signal, so that a load balancer looks elsewhere
	// while metrics are still there for the last requests.
	admin.BaseContext = func(net.Listener) context.Context { return ctx }
	publicFailed, adminFailed := serveOn(server, public), serveOn(admin, private)

	err = greet(cfg, addresses{public: public.Addr(), admin: private.Addr()}, stdout)
	if err == nil {
		err = waitForEnd(ctx, publicFailed, adminFailed)
	}
	slog.Info("stopping")
	return errors.Join(err, bounded(endWithin, func() error { return a.end(server, admin) }))
}

func (a *application) end(server, admin *http.Server) error {
	err := shutDown(server)
	a.stop()
	return errors.Join(err, shutDown(admin), a.close())
}

// errCutShort: a database that hangs, for one, lets nobody who waits for it end.
var errCutShort = fmt.Errorf("the stop was cut short after %v; what was on its way goes on at the next start", endWithin)

// bounded waits for an end, but not for ever. Nothing is lost by that: a process may
// die at any moment.
func bounded(within time.Duration, end func() error) error {
	ended := make(chan error, 1)
	go func() { ended <- end() }()
	select {
	case err := <-ended:
		return err
	case <-time.After(within):
		return errCutShort
	}
}

func listen(ctx context.Context, variable, address string) (net.Listener, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", variable, err)
	}
	return listener, nil
}

func waitForEnd(ctx context.Context, failed ...<-chan error) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-failed[0]:
		return fmt.Errorf("the public listener failed: %w", err)
	case err := <-failed[1]:
		return fmt.Errorf("the admin listener failed: %w", err)
	}
}

type addresses struct{ public, admin net.Addr }

// greet says where to go. On the sandbox the URL carries a token in its fragment,
// which a browser sends to nobody.
func greet(cfg config.Config, at addresses, stdout io.Writer) error {
	url := urlOf(at.public)
	slog.Info("serving", "public", at.public.String(), "admin", at.admin.String(), "sandbox", cfg.Sandbox)
	if !cfg.Sandbox {
		_, err := fmt.Fprintf(stdout, "Mediarelay listens on %s\n", url)
		return err
	}
	token, err := auth.Sign(cfg.Tokens(), auth.Claims{
		Subject: "demo", Channel: config.DemoChannel, ExpiresAt: time.Now().Add(demoTokenLife),
		Scopes: []string{string(auth.ScopeUpload), string(auth.ScopeAssetsRead)},
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "Open %s/#token=%s\n"+
		"This is the sandbox: files are checked, uploaded and relayed to an emulation. Nothing reaches WhatsApp.\n", url, token)
	return err
}

// urlOf is the URL of an address for a browser on this machine.
func urlOf(address net.Addr) string {
	host, port, err := net.SplitHostPort(address.String())
	if err != nil {
		return "http://" + address.String()
	}
	return "http://" + net.JoinHostPort(reachable(host), port)
}
