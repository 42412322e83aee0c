package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// healthWithin is how long the answer may take; Docker's own limit is 30 s.
const healthWithin = 3 * time.Second

// healthCommand is the health check of a container that has no shell.
type healthCommand struct {
	Listen string `env:"MEDIARELAY_LISTEN" default:":8080" placeholder:"ADDR" form:"host:port or :port" help:"Address of the server's public listener."`
}

// Run succeeds when /healthz answers 200.
func (c *healthCommand) Run(ctx context.Context, stdout io.Writer) error {
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fmt.Errorf("MEDIARELAY_LISTEN: %q is no address. Form: host:port or :port. Default: :8080", c.Listen)
	}
	ctx, cancel := context.WithTimeout(ctx, healthWithin)
	defer cancel()
	return askHealth(ctx, net.JoinHostPort(reachable(host), port), stdout)
}

func askHealth(ctx context.Context, address string, stdout io.Writer) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/healthz", http.NoBody)
	if err != nil {
		return err
	}
	// Without the environment's proxy: the question is for this machine.
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("the server does not answer: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the server answers %s", answer.Status)
	}
	_, err = fmt.Fprintln(stdout, "ok")
	return err
}

// reachable turns "every address" into one that can be asked.
func reachable(host string) string {
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		return "localhost"
	}
	return host
}
