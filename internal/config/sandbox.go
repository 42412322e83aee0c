package config

import (
	"slices"
	"strings"
)

// production are the variables that no one sets for a sandbox. A mistyped name of the
// channels file must not turn a server that has one of them into a sandbox.
var production = []string{
	channelsVariable,
	"MEDIARELAY_JWT_SECRET", "MEDIARELAY_JWT_SECRET_FILE", "MEDIARELAY_JWT_JWKS_URL", "MEDIARELAY_JWT_JWKS_FILE",
	"MEDIARELAY_PUBLIC_URL",
}

// isSandbox decides whether the server runs on the sandbox: by --sandbox, or if nothing
// is configured.
func (l *loader) isSandbox() bool {
	configured := l.configured()
	switch {
	case l.Sandbox && l.ChannelsFile != "":
		l.fail(channelsVariable, "--sandbox is set too, and a sandbox sends nothing to the channels of a file. Leave one of them out")
		return false
	case l.Sandbox || configured == "":
		return true
	case l.ChannelsFile == "":
		l.fail(channelsVariable, "it is not set, but %s is, so this is not a sandbox. Set it to the file with the channels, or give --sandbox to send nothing to WhatsApp", configured)
	}
	return false
}

// configured returns the first variable that only a server in production sets, or
// nothing.
func (l *loader) configured() string {
	for _, variable := range production {
		if l.value(variable) != "" {
			return variable
		}
	}
	if strings.HasPrefix(l.DatabaseURL, "postgres") {
		return "MEDIARELAY_DATABASE_URL"
	}
	return ""
}

// value returns the raw value of a variable, by flag or from the environment.
func (l *loader) value(variable string) string {
	rows := list()
	if i := slices.IndexFunc(rows, func(s setting) bool { return s.variable == variable }); i >= 0 {
		return l.field(rows[i])
	}
	value, _ := l.env(variable)
	return value
}
