package app

import (
	"fmt"
	"log/slog"
	"net"
	"time"

	"mediarelay/internal/auth"
	"mediarelay/internal/config"
)

// demoTokenLife is how long the token in the greeting's URL is valid: a working day.
const demoTokenLife = 12 * time.Hour

type addresses struct{ public, admin net.Addr }

// greet prints the server's URL. On the sandbox the URL carries a token in its
// fragment, which a browser never sends to a server.
func greet(o Options, at addresses) error {
	url := urlOf(at.public)
	slog.Info("serving", "public", at.public.String(), "admin", at.admin.String(), "sandbox", o.Config.Sandbox)
	if !o.Config.Sandbox {
		_, err := fmt.Fprintf(o.Stdout, "Mediarelay listens on %s\n", url)
		return err
	}
	token, err := demoToken(o.Config)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(o.Stdout, "Open %s/#token=%s\n"+
		"This is the sandbox: files are checked, uploaded and relayed to an emulation. Nothing reaches WhatsApp.\n", url, token)
	return err
}

func demoToken(cfg config.Config) (string, error) {
	return auth.Sign(cfg.Tokens(), auth.Claims{
		Subject: "demo", Channel: config.DemoChannel, ExpiresAt: time.Now().Add(demoTokenLife),
		Scopes: []string{string(auth.ScopeUpload), string(auth.ScopeAssetsRead)},
	})
}

// urlOf is the URL of an address for a browser on this machine.
func urlOf(address net.Addr) string {
	host, port, err := net.SplitHostPort(address.String())
	if err != nil {
		return "http://" + address.String()
	}
	return "http://" + net.JoinHostPort(localHost(host), port)
}

// localHost turns "every address" into a name that a client on this machine can connect to.
func localHost(host string) string {
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		return "localhost"
	}
	return host
}
