package app

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"time"

	"mediarelay/internal/auth"
	"mediarelay/internal/config"
	"mediarelay/internal/database"
	"mediarelay/internal/store"
)

// demoTokenLife is how long the token in the greeting's URL is valid: a working day.
const demoTokenLife = 12 * time.Hour

// running is what a server that has started learned about itself.
type running struct {
	public, admin net.Addr
	store         storeName
}

// storeName tells operators which store it is: its folder, and its ID once it is paired
// with the database.
type storeName struct{ dir, id string }

func nameOf(dir string, folder *store.Folder) storeName {
	identity, err := folder.Identity()
	if err != nil { // the folder went away after the pairing; readiness says so
		return storeName{dir: dir}
	}
	return storeName{dir: dir, id: identity.ID}
}

// greet logs what is running, and prints the server's URL.
func greet(ctx context.Context, o Options, r running) error {
	logStart(ctx, o, r)
	url := urlOf(r.public)
	if !o.Config.Sandbox {
		_, err := fmt.Fprintf(o.Stdout, "Mediarelay listens on %s\n", url)
		return err
	}
	return greetSandbox(o, url)
}

// logStart says what an operator must know to recognize a wrong configuration. No value
// contains a secret.
func logStart(ctx context.Context, o Options, r running) {
	for _, path := range o.Config.ExposedFiles {
		slog.WarnContext(ctx, "other users can read a file with a secret: change its mode to 0600", "path", path)
	}
	slog.InfoContext(ctx, "serving", "version", o.Version, "public", r.public.String(), "admin", r.admin.String(),
		"public_url", o.Config.PublicURL, "channels", o.Config.ChannelNames(), "sandbox", o.Config.Sandbox,
		"database", database.Name(o.Config.DatabaseURL.Reveal()), "store", r.store.dir, "store_id", r.store.id)
}

// greetSandbox prints a URL with a token in its fragment, which a browser never sends to
// a server, if the secret was generated for the sandbox. A token of any other secret may
// be valid elsewhere, and output is kept.
func greetSandbox(o Options, url string) error {
	const notice = "This is the sandbox: files are checked, uploaded and relayed to an emulation. Nothing reaches WhatsApp.\n"
	if !o.Config.GeneratedSecret {
		_, err := fmt.Fprintf(o.Stdout, "Mediarelay listens on %s\n%s"+
			"No token is printed, since the secret was not generated for the sandbox. Sign one with mediarelay token --sandbox --channel %s.\n",
			url, notice, config.DemoChannel)
		return err
	}
	token, err := demoToken(o.Config)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(o.Stdout, "Open %s/#token=%s\n%s", url, token, notice)
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
