package config

import (
	"errors"
	"maps"
	"slices"
	"time"

	"mediarelay/internal/auth"
	"mediarelay/internal/provider"
)

// Config is what the settings mean. Every value has been checked.
type Config struct {
	// Listen and AdminListen are addresses for net.Listen.
	Listen      string
	AdminListen string
	// PublicURL is an origin without a slash at its end; empty: from the request.
	PublicURL string
	DataDir   string
	// DatabaseURL may hold a password.
	DatabaseURL provider.Secret
	// StoreDir is the folder of the uploads' bytes.
	StoreDir string
	// JWTSecret signs tokens, with HS256.
	JWTSecret   provider.Secret
	JWTIssuer   string
	JWTAudience string
	// AllowedOrigins for CORS; empty: same origin only.
	AllowedOrigins []string
	// MediaEarly says that media objects too are relayed while their upload arrives.
	MediaEarly bool
	// UploadExpiry and Retention count from an upload's last byte and from its end.
	UploadExpiry time.Duration
	Retention    time.Duration
	// Channels in the order of their names.
	Channels []Channel
	// Sandbox says that no channel is configured: Channels is the demo channel,
	// whose address and key are those of a sandbox that the server has yet to start.
	Sandbox bool
	// Reload reads the channels anew, with the keys that their files hold by now; nil
	// where there is no channels file. The error says that the file itself cannot be
	// read: what is wrong with one channel is in its Reading.
	Reload func() ([]Reading, error)
}

// ChannelNames lists the channels, as tokens name them.
func (c Config) ChannelNames() []string {
	names := make([]string, len(c.Channels))
	for i, channel := range c.Channels {
		names[i] = channel.Name
	}
	return names
}

// Tokens says which tokens are good.
func (c Config) Tokens() auth.Config {
	return auth.Config{
		Secret:   []byte(c.JWTSecret.Reveal()),
		Issuer:   c.JWTIssuer,
		Audience: c.JWTAudience,
		Channels: c.ChannelNames(),
	}
}

// Load makes a Config of the settings that flags gave, of the environment and of
// the files that they name. The error joins every mistake, each an *Error.
//
// For the sandbox it makes the secret that signs tokens, once, in the data dir.
func Load(given Settings, env Lookup) (Config, error) {
	l := &loader{Settings: given.fill(env), env: env}
	l.refuseLater()
	c := Config{
		Listen:         l.address("MEDIARELAY_LISTEN", l.Listen),
		AdminListen:    l.address("MEDIARELAY_ADMIN_LISTEN", l.AdminListen),
		PublicURL:      l.publicURL(),
		DataDir:        l.dataDir(),
		DatabaseURL:    l.databaseURL(),
		StoreDir:       l.storeDir(),
		JWTIssuer:      l.JWTIssuer,
		JWTAudience:    l.JWTAudience,
		AllowedOrigins: l.origins(),
		MediaEarly:     l.mediaEarly(),
		UploadExpiry:   l.duration("MEDIARELAY_UPLOAD_EXPIRY", l.UploadExpiry),
		Retention:      l.duration("MEDIARELAY_RETENTION", l.Retention),
		Channels:       l.channels(),
		Sandbox:        l.ChannelsFile == "",
	}
	c.JWTSecret = l.secret(c.Sandbox)
	if !c.Sandbox {
		c.Reload = l.reread
	}
	return c, errors.Join(l.errs...)
}

// loader reads settings and collects what is wrong with them.
type loader struct {
	Settings
	env  Lookup
	errs []error
}

func (l *loader) fail(variable, format string, args ...any) {
	l.errs = append(l.errs, mistake(variable, format, args...))
}

func (l *loader) refuseLater() {
	for _, variable := range slices.Sorted(maps.Keys(notYet)) {
		if value, ok := l.env(variable); ok && value != "" {
			l.fail(variable, "%s", notYet[variable])
		}
	}
}
