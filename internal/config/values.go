package config

import (
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"mediarelay/internal/provider"
)

func (l *loader) address(variable, value string) string {
	_, port, err := net.SplitHostPort(value)
	if err != nil {
		l.fail(variable, "%q is not an address", value)
		return ""
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		l.fail(variable, "%q has no port from 0 to 65535", value)
	}
	return value
}

func (l *loader) duration(variable, value string) time.Duration {
	d, err := time.ParseDuration(value)
	switch {
	case err != nil:
		l.fail(variable, "%q is not a duration", value)
	case d <= 0:
		l.fail(variable, "%q is not above 0", value)
	}
	return d
}

func (l *loader) mediaEarly() bool {
	if l.RelayEarly != "handles" && l.RelayEarly != "all" {
		l.fail("MEDIARELAY_RELAY_EARLY", "%q is neither handles nor all", l.RelayEarly)
	}
	return l.RelayEarly == "all"
}

func (l *loader) publicURL() string {
	if l.PublicURL == "" {
		return ""
	}
	origin := strings.TrimSuffix(l.PublicURL, "/")
	if problem := checkOrigin(origin); problem != "" {
		l.fail("MEDIARELAY_PUBLIC_URL", "%q %s", l.PublicURL, problem)
	}
	return origin
}

func (l *loader) origins() []string {
	var origins []string
	for _, origin := range strings.Split(l.AllowedOrigins, ",") {
		origin = strings.TrimSpace(origin)
		if origin == "" || slices.Contains(origins, origin) {
			continue
		}
		if problem := checkOrigin(origin); problem != "" {
			l.fail("MEDIARELAY_ALLOWED_ORIGINS", "%q %s", origin, problem)
			continue
		}
		origins = append(origins, origin)
	}
	return origins
}

// checkOrigin returns what is wrong with an origin, or nothing. It must have the form
// that browsers send: lower case, without default port and path. Any other form would
// never match.
//
// Source: RFC 6454, section 6.2, and the URL standard, "origin".
func checkOrigin(origin string) string {
	u, err := url.Parse(origin)
	switch {
	case strings.Contains(origin, "*"):
		return "has a wildcard: list each origin"
	case err != nil || u.Host == "" || u.Hostname() == "":
		return "is not absolute: it needs scheme and host"
	case u.Scheme != "https" && u.Scheme != "http":
		return "has a scheme that is not https or http"
	case u.User != nil || u.Path != "" || u.RawQuery != "" || u.ForceQuery || strings.Contains(origin, "#"):
		return "has more than scheme, host and port"
	case origin != strings.ToLower(origin):
		return "is not in lower case, the form that browsers send"
	case u.Scheme == "https" && u.Port() == "443", u.Scheme == "http" && u.Port() == "80":
		return "has the scheme's default port, which browsers omit"
	}
	return ""
}

func (l *loader) dataDir() string {
	if info, err := os.Stat(l.DataDir); err == nil && !info.IsDir() {
		l.fail("MEDIARELAY_DATA_DIR", "%q is not a folder", l.DataDir)
	}
	return l.DataDir
}

// databaseURL never repeats the value, which may contain a password.
func (l *loader) databaseURL() provider.Secret {
	const variable = "MEDIARELAY_DATABASE_URL"
	value := l.DatabaseURL
	path, isSQLite := strings.CutPrefix(value, "sqlite:")
	switch {
	case value == "":
		return provider.Secret("sqlite:" + filepath.Join(l.DataDir, "mediarelay.db"))
	case isSQLite && path == "":
		l.fail(variable, "it names no file after sqlite:")
	case isSQLite:
	case strings.HasPrefix(value, "postgres://"), strings.HasPrefix(value, "postgresql://"):
		if u, err := url.Parse(value); err != nil || u.Path == "" || u.Path == "/" {
			l.fail(variable, "it is not a URL with host and database name")
		}
	default:
		l.fail(variable, "it starts with neither sqlite: nor postgres://")
	}
	return provider.Secret(value)
}

// storeDir never repeats a URL that may contain keys.
func (l *loader) storeDir() string {
	const variable = "MEDIARELAY_STORE_URL"
	path, isFile := strings.CutPrefix(l.StoreURL, "file:")
	switch {
	case l.StoreURL == "":
		return filepath.Join(l.DataDir, "uploads")
	case strings.HasPrefix(l.StoreURL, "s3:"):
		l.fail(variable, "the S3 store is not available in this build. Use a folder, file:PATH")
	case !isFile:
		l.fail(variable, "it does not start with file:")
	case strings.HasPrefix(path, "//") && !strings.HasPrefix(path, "///"):
		l.fail(variable, "%q names a host. Use file:/PATH for an absolute path or file:PATH for a relative one", l.StoreURL)
	case strings.Trim(path, "/") == "":
		l.fail(variable, "it names no folder after file:")
	}
	return filepath.Clean(path)
}
