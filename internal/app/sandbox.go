package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"

	"mediarelay/internal/sandbox"
)

// Sandbox is a running emulation of the providers' APIs.
type Sandbox struct {
	URL    string
	Failed <-chan error // gets an error if serving ends by itself

	// Credentials that the emulation accepts.
	APIKey, PhoneNumberID, AppID string

	server *http.Server
	api    *sandbox.Server
	dir    string
}

// StartSandbox starts a sandbox on an address. It stores bytes in a temporary folder,
// which Stop removes.
func StartSandbox(ctx context.Context, address string) (*Sandbox, error) {
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
	return &Sandbox{
		URL:    "http://" + listener.Addr().String(),
		Failed: serveOn(server, listener),
		APIKey: sandbox.DemoAPIKey, PhoneNumberID: sandbox.DemoPhoneNumberID, AppID: sandbox.DemoAppID,
		server: server, api: api, dir: dir,
	}, nil
}

// Stop ends running requests at once: nothing in a sandbox is worth waiting for.
func (s *Sandbox) Stop() error {
	return errors.Join(s.api.Close(), s.server.Close(), os.RemoveAll(s.dir))
}
