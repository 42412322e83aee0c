package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mediarelay/internal/auth"
	"mediarelay/internal/config"
	"mediarelay/internal/database"
	"mediarelay/internal/provider"
	"mediarelay/internal/reason/catalogue"
	"mediarelay/internal/store"
	"mediarelay/web"
)

// checkTimeout bounds the whole check. A database or a key set that does not answer
// within it would not let a server become ready either.
const checkTimeout = 20 * time.Second

// CheckSettings checks everything that a configuration names, and writes one line for
// each: ok, warning or error. It serves nothing and changes nothing. It reports whether
// a server could start with the configuration.
func CheckSettings(ctx context.Context, cfg config.Config, out io.Writer) (ok bool) {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	c := &checker{cfg: cfg, out: out, ok: true}
	c.webFiles()
	c.dataDir()
	c.database(ctx)
	c.store()
	c.tokens()
	c.channels()
	c.exposedFiles()
	c.listeners(ctx)
	return c.ok
}

// checker writes the lines of a check.
type checker struct {
	cfg config.Config
	out io.Writer
	ok  bool
}

func (c *checker) good(part, format string, args ...any) { c.line("ok", part, format, args...) }

func (c *checker) warn(part, format string, args ...any) { c.line("warning", part, format, args...) }

// bad says what is wrong and what to do.
func (c *checker) bad(part string, err error, advice string) {
	c.ok = false
	c.line("error", part, "%s. %s", strings.TrimSuffix(err.Error(), "."), advice)
}

func (c *checker) line(level, part, format string, args ...any) {
	text := strings.Join(strings.Fields(fmt.Sprintf(format, args...)), " ") // an error may have several lines
	fmt.Fprintf(c.out, "%-8s %s: %s\n", level, part, text)
}

func (c *checker) webFiles() {
	if err := web.Built(); err != nil {
		c.bad("web files", err, "The upload page cannot be served")
		return
	}
	c.good("web files", "the binary carries them")
}

func (c *checker) dataDir() {
	if err := usableFolder(c.cfg.DataDir); err != nil {
		c.bad("data dir", err, "Give this user a folder to write to with MEDIARELAY_DATA_DIR")
		return
	}
	c.good("data dir", "%s", c.cfg.DataDir)
}

func (c *checker) database(ctx context.Context) {
	url := c.cfg.DatabaseURL.Reveal()
	name := database.Name(url)
	found, err := database.Inspect(ctx, url)
	switch {
	case errors.Is(err, database.ErrNewer), errors.Is(err, database.ErrMixed):
		c.bad("database", fmt.Errorf("%s: %w", name, err), "A start refuses it")
	case err != nil:
		// The driver's error may quote the URL with its password.
		c.bad("database", fmt.Errorf("%s: %s", name, withoutSecret(err, url)), "Check MEDIARELAY_DATABASE_URL, and that the server runs and accepts this user")
	case found.Missing:
		c.missingDatabase(name, strings.TrimPrefix(url, "sqlite:"))
	case found.Schema < found.Latest:
		c.good("database", "%s, schema %d; the start migrates it to %d. Make a backup first", name, found.Schema, found.Latest)
	default:
		c.good("database", "%s, schema %d", name, found.Schema)
	}
}

func (c *checker) missingDatabase(name, path string) {
	if err := usableFolder(filepath.Dir(path)); err != nil {
		c.bad("database", err, "Give this user a folder to write to with MEDIARELAY_DATABASE_URL")
		return
	}
	c.good("database", "%s does not exist yet; the start creates it", name)
}

// withoutSecret removes a URL, and its password alone, from the text of an error.
func withoutSecret(err error, url string) string {
	text := strings.ReplaceAll(err.Error(), url, "the URL")
	if _, rest, ok := strings.Cut(url, "://"); ok {
		if user, _, hasHost := strings.Cut(rest, "@"); hasHost {
			_, password, _ := strings.Cut(user, ":")
			if password != "" {
				text = strings.ReplaceAll(text, password, "…")
			}
		}
	}
	return text
}

func (c *checker) store() {
	dir := c.cfg.StoreDir
	if err := usableFolder(dir); err != nil {
		c.bad("store", err, "Give this user a folder to write to with MEDIARELAY_STORE_URL, and mount its volume")
		return
	}
	if _, err := os.Stat(dir); err != nil {
		c.good("store", "%s does not exist yet; the start creates it", dir)
		return
	}
	free, err := store.FreeBytes(dir)
	if err != nil {
		c.bad("store", err, "Mount the volume of MEDIARELAY_STORE_URL")
		return
	}
	c.good("store", "%s, %s free", dir, catalogue.Bytes(catalogue.Fallback, free))
}

// tokens reads the secret and, if there is one, the key set.
func (c *checker) tokens() {
	if c.cfg.GeneratedSecret && c.cfg.JWTSecret.Reveal() == "" {
		c.good("tokens", "the start generates the sandbox's secret")
		return
	}
	verifier, err := auth.NewVerifier(c.cfg.Tokens())
	if err == nil {
		err = keySetError(verifier)
	}
	if err != nil {
		c.bad("tokens", err, "Check MEDIARELAY_JWT_*")
		return
	}
	c.good("tokens", "audience %q, %s", c.cfg.JWTAudience, issuerInWords(c.cfg.JWTIssuer))
}

// keySetError returns why the key set cannot be read, if the verifier has one.
func keySetError(verifier any) error {
	if set, ok := verifier.(interface{ KeySetError() error }); ok {
		return set.KeySetError()
	}
	return nil
}

func issuerInWords(issuer string) string {
	if issuer == "" {
		return "any issuer"
	}
	return fmt.Sprintf("issuer %q", issuer)
}

// channels checks the settings of each channel's provider. It sends nothing.
func (c *checker) channels() {
	if c.cfg.Sandbox {
		c.good("channel "+config.DemoChannel, "on the sandbox: nothing reaches WhatsApp")
		return
	}
	for _, channel := range c.cfg.Channels {
		_, err := newProvider(channel)
		if err == nil && channel.BaseURL != "" {
			err = provider.CheckBaseURL(channel.BaseURL)
		}
		if err != nil {
			c.bad("channel "+channel.Name, err, "Correct it in the channels file")
			continue
		}
		c.good("channel "+channel.Name, "%s at %s", channel.Provider, addressInWords(channel.BaseURL))
	}
}

func addressInWords(url string) string {
	if url == "" {
		return "its default address"
	}
	return url
}

func (c *checker) exposedFiles() {
	for _, path := range c.cfg.ExposedFiles {
		c.warn("secrets", "other users can read %s. Change its mode to 0600", path)
	}
}

func (c *checker) listeners(ctx context.Context) {
	isServing := CheckHealth(ctx, c.cfg.Listen) == nil
	for _, listener := range []struct{ variable, address string }{
		{"MEDIARELAY_LISTEN", c.cfg.Listen}, {"MEDIARELAY_ADMIN_LISTEN", c.cfg.AdminListen},
	} {
		free, err := listen(ctx, listener.variable, listener.address)
		switch {
		case err == nil:
			_ = free.Close()
			c.good("listener", "%s, %s is free", listener.variable, listener.address)
		case isServing && isInUse(err):
			c.good("listener", "%s, a Mediarelay server is running on %s", listener.variable, listener.address)
		default:
			c.bad("listener", err, "Stop what uses the address, or choose another one")
		}
	}
}

func isInUse(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && strings.Contains(op.Err.Error(), "in use")
}
