package config

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mediarelay/internal/auth"
	"mediarelay/internal/provider"
)

// maxSecretBytes limits a secret's file to 4 KiB: the longest key of any provider has
// a few hundred bytes.
const maxSecretBytes = 4 << 10

// sandboxSecretFile is the file of the sandbox's secret in the data dir. It lets
// `mediarelay token` in another shell sign with the same secret.
const sandboxSecretFile = "sandbox-secret"

// secret also reports whether the secret was generated for the sandbox.
func (l *loader) secret(sandbox bool) (secret provider.Secret, generated bool) {
	const variable, fileVariable = "MEDIARELAY_JWT_SECRET", "MEDIARELAY_JWT_SECRET_FILE"
	switch {
	case l.JWTSecret != "" && l.JWTSecretFile != "":
		l.fail(variable, "%s is set too. Set only one", fileVariable)
	case l.JWTSecret != "":
		return l.longEnough(variable, provider.Secret(l.JWTSecret)), false
	case l.JWTSecretFile != "":
		return l.longEnough(fileVariable, l.secretFile(fileVariable, l.JWTSecretFile)), false
	case !sandbox && l.hasKeySet():
		return "", false // the key set verifies tokens
	case !sandbox:
		l.fail(variable, "it is not set. Set it or %s, or a key set with MEDIARELAY_JWT_JWKS_URL or MEDIARELAY_JWT_JWKS_FILE", fileVariable)
	default:
		return l.sandboxSecret(), true
	}
	return "", false
}

func (l *loader) hasKeySet() bool { return l.JWTKeySetFile != "" || l.JWTKeySetURL != "" }

// keySetURL never repeats the value, whose query may contain a key. Whoever could change
// the answer on its way could sign tokens, so it needs https.
func (l *loader) keySetURL() string {
	const variable = "MEDIARELAY_JWT_JWKS_URL"
	if l.JWTKeySetURL == "" {
		return ""
	}
	if l.JWTKeySetFile != "" {
		l.fail(variable, "MEDIARELAY_JWT_JWKS_FILE is set too. Set only one")
	}
	u, err := url.Parse(l.JWTKeySetURL)
	switch {
	case err != nil || u.Hostname() == "":
		l.fail(variable, "it is not a URL with scheme and host")
	case u.User != nil:
		l.fail(variable, "it contains a user name. A key set is public")
	case u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())):
		l.fail(variable, "it does not start with https")
	}
	return l.JWTKeySetURL
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (l *loader) longEnough(variable string, secret provider.Secret) provider.Secret {
	length := len(secret.Reveal())
	if length > 0 && length < auth.MinSecretBytes {
		l.fail(variable, "it has %d bytes, but a secret needs at least %d to be safe from guessing", length, auth.MinSecretBytes)
	}
	return secret
}

func (l *loader) secretFile(variable, path string) provider.Secret {
	secret, err := l.readSecret(path)
	if err != nil {
		l.fail(variable, "%v", err)
	}
	return secret
}

func (l *loader) sandboxSecret() provider.Secret {
	path := filepath.Join(l.DataDir, sandboxSecretFile)
	if _, err := os.Stat(path); err != nil && l.ForToken {
		l.fail("MEDIARELAY_DATA_DIR", "no server has used this folder, so no server would accept the token. Start mediarelay serve first, or set the data dir of a running server")
		return ""
	}
	if l.ForCheck {
		return l.existingSandboxSecret(path)
	}
	err := makeSecret(path)
	if err != nil {
		l.fail("MEDIARELAY_DATA_DIR", "the sandbox's secret cannot be stored there: %v", err)
		return ""
	}
	return l.longEnough("MEDIARELAY_DATA_DIR", l.secretFile("MEDIARELAY_DATA_DIR", path))
}

// existingSandboxSecret reads the secret if there is one. The first start makes it.
func (l *loader) existingSandboxSecret(path string) provider.Secret {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	return l.longEnough("MEDIARELAY_DATA_DIR", l.secretFile("MEDIARELAY_DATA_DIR", path))
}

// othersMayRead are the permission bits of a file for its group and for all users.
const othersMayRead = 0o077

// readSecret reads a file with one secret, and notes the file if other users can read
// it.
func (l *loader) readSecret(path string) (provider.Secret, error) {
	info, err := os.Stat(path)
	if err == nil && info.Mode().IsRegular() && info.Mode().Perm()&othersMayRead != 0 && !slices.Contains(l.exposed, path) {
		l.exposed = append(l.exposed, path)
	}
	return readSecret(path)
}

// readSecret reads a file with one secret. It ignores a trailing newline, which
// editors add. The error names the file and never quotes its content.
func readSecret(path string) (provider.Secret, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("%q cannot be read: %w", path, reasonOf(err))
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, maxSecretBytes+1))
	if err != nil {
		return "", fmt.Errorf("%q cannot be read: %w", path, reasonOf(err))
	}
	secret := strings.TrimRight(string(content), "\r\n")
	switch {
	case secret == "":
		return "", fmt.Errorf("%q is empty", path)
	case len(content) > maxSecretBytes:
		return "", fmt.Errorf("%q is longer than %d bytes and cannot be a secret", path, maxSecretBytes)
	}
	return provider.Secret(secret), nil
}

// makeSecret creates the file with a new secret unless it exists. If two processes do
// so at once, one wins and both find a complete secret, because the link appears only
// after everything is written.
func makeSecret(path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return reasonOf(err)
	}
	// os.CreateTemp gives the file the mode 0600.
	f, err := os.CreateTemp(filepath.Dir(path), sandboxSecretFile+"-*")
	if err != nil {
		return reasonOf(err)
	}
	defer os.Remove(f.Name()) // the link keeps the content
	err = errors.Join(writeRandom(f), f.Close())
	if err != nil {
		return reasonOf(err)
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return reasonOf(err)
	}
	return nil
}

func writeRandom(f *os.File) error {
	key := make([]byte, auth.MinSecretBytes)
	_, _ = rand.Read(key) // never fails: crypto/rand crashes the process instead
	_, err := f.WriteString(hex.EncodeToString(key) + "\n")
	return errors.Join(err, f.Sync())
}

// reasonOf drops the operation and the path, which the message around it has.
func reasonOf(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
