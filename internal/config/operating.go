package config

import (
	"log/slog"
	"net/netip"
	"strings"
)

// trustedProxies reads addresses and ranges. An address is a range of one.
func (l *loader) trustedProxies() (ranges []netip.Prefix) {
	for _, text := range strings.Split(l.TrustedProxies, ",") {
		text = strings.TrimSpace(text)
		if text == "" {
			continue
		}
		r, err := parseRange(text)
		if err != nil {
			l.fail("MEDIARELAY_TRUSTED_PROXIES", "%q is neither an IP address nor a range", text)
			continue
		}
		ranges = append(ranges, r)
	}
	return ranges
}

func parseRange(text string) (netip.Prefix, error) {
	if strings.Contains(text, "/") {
		r, err := netip.ParsePrefix(text)
		return r.Masked(), err
	}
	address, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Prefix{}, err
	}
	return address.Unmap().Prefix(address.Unmap().BitLen())
}

var logLevels = map[string]slog.Level{
	"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
}

func (l *loader) logLevel() slog.Level {
	level, ok := logLevels[l.LogLevel]
	if !ok {
		l.fail("MEDIARELAY_LOG_LEVEL", "%q is none of debug, info, warn and error", l.LogLevel)
	}
	return level
}

// choice reads a setting with two values and reports whether it has the second one.
func (l *loader) choice(variable, value, first, second string) bool {
	if value != first && value != second {
		l.fail(variable, "%q is neither %s nor %s", value, first, second)
	}
	return value == second
}
