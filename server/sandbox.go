package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"

	"mediarelay/internal/sandbox"
)

// sandboxCommand runs the emulated APIs alone.
type sandboxCommand struct {
	Listen string `default:"127.0.0.1:8090" placeholder:"ADDR" form:"host:port or :port" help:"Address to listen on."`
}

// Run serves until the signal to stop.
func (c *sandboxCommand) Run(ctx context.Context, stdout io.Writer) error {
	s, err := startSandbox(ctx, c.Listen)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(stdout, "The sandbox, an emulation of the APIs of dialog360, cloudapi and onprem, is at %s\n"+
		"API key and access token: %s\nFor cloudapi: phone_number_id %s, app_id %s\nNothing that is sent here reaches WhatsApp.\n",
		s.url, sandbox.DemoAPIKey, sandbox.DemoPhoneNumberID, sandbox.DemoAppID)
	select {
	case <-ctx.Done():
		return s.stop()
	case err := <-s.failed:
		return errors.Join(err, s.stop())
	}
}

// runningSandbox is a sandbox with its listener and the folder of its bytes.
type runningSandbox struct {
	url    string
	failed <-chan error
	server *http.Server
	api    *sandbox.Server
	dir    string
}

// startSandbox starts a sandbox whose bytes are in a folder of its own, since
// they are gone with it.
func startSandbox(ctx context.Context, address string) (*runningSandbox, error) {
	dir, err := os.MkdirTemp("", "mediarelay-sandbox-")
	if err != nil {
		return nil, fmt.Errorf("make the sandbox's folder: %w", err)
	}
	api, err := sandbox.New(sandbox.Config{Dir: dir})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make the sandbox: %w", err), os.RemoveAll(dir))
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start the sandbox: %w", err), api.Close(), os.RemoveAll(dir))
	}
	server := &http.Server{Handler: api, ReadHeaderTimeout: readHeaderTimeout, MaxHeaderBytes: maxHeaderBytes}
	return &runningSandbox{
		url:    "http://" + listener.Addr().String(),
		failed: serveOn(server, listener),
		server: server, api: api, dir: dir,
	}, nil
}

// stop ends requests at once: nothing in a sandbox is worth a wait.
func (s *runningSandbox) stop() error {
	return errors.Join(s.api.Close(), s.server.Close(), os.RemoveAll(s.dir))
}
