package app

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
)

// healthTimeout is how long the answer may take. Docker's own limit for a health
// check is 30 s (HEALTHCHECK --timeout).
const healthTimeout = 3 * time.Second

// CheckHealth asks the server that listens on an address of this machine for /healthz.
// The address has the form of MEDIARELAY_LISTEN. It returns nil if the answer is 200.
func CheckHealth(ctx context.Context, listen string) error {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return fmt.Errorf("MEDIARELAY_LISTEN: %q is not an address. Form: host:port or :port. Default: :8080", listen)
	}
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	return askHealth(ctx, net.JoinHostPort(localHost(host), port))
}

func askHealth(ctx context.Context, address string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/healthz", http.NoBody)
	if err != nil {
		return err
	}
	// A transport without a proxy: the request is for this machine.
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("the server does not answer: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the server answers %s", answer.Status)
	}
	return nil
}
