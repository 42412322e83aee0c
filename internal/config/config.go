package config

import (
	"errors"
	"maps"
	"slices"
	"time"

	"mediarelay/internal/auth"
	"mediarelay/internal/provider"
)

// Config holds the parsed and checked settings.
type Config struct {
	// Listen and AdminListen are addresses for net.Listen.
	Listen      string
	AdminListen string
	// PublicURL is an origin without a trailing slash. If it is empty, the URLs of uploads
	// are relative.
	PublicURL string
	DataDir   string
	// DatabaseURL may hold a password.
	DatabaseURL provider.Secret
	// StoreDir is the folder for the bytes of uploads.
	StoreDir string
	// JWTSecret signs tokens, with HS256.
	JWTSecret   provider.Secret
	JWTIssuer   string
	JWTAudience string
	// AllowedOrigins are the origins for CORS; empty means same origin only.
	AllowedOrigins []string
	// MediaEarly: media IDs, and not only handles, are relayed while their upload still
	// arrives.
	MediaEarly bool
	// UploadExpiry counts from an upload's last byte, Retention from its completion.
	UploadExpiry time.Duration
	Retention    time.Duration
	// QuotaOpenUploads and QuotaOpenBytes limit the unfinished uploads of one subject of
	// one channel, and the bytes that they declare; 0 means no limit.
	QuotaOpenUploads int64
	QuotaOpenBytes   int64
	// MinFree is the free space in bytes of the store's file system below which no upload
	// begins; 0 means no check.
	MinFree int64
	// ShutdownDelay is how long the server still serves after the signal to stop.
	ShutdownDelay time.Duration
	// Channels are sorted by name.
	Channels []Channel
	// Sandbox: no channel is configured. Channels then holds the demo channel, whose
	// address and key are those of a sandbox that the server has yet to start.
	Sandbox bool
	// Reload reads the channels file and its key files again; nil without a channels
	// file. It returns an error if the file itself cannot be read. A mistake in one
	// channel is in its Reading.
	Reload func() ([]Reading, error)
}

// ChannelNames lists the names of the channels, as they appear in tokens.
func (c Config) ChannelNames() []string {
	names := make([]string, len(c.Channels))
	for i, channel := range c.Channels {
		names[i] = channel.Name
	}
	return names
}

// Tokens returns the settings for the verification of tokens.
func (c Config) Tokens() auth.Config {
	return auth.Config{
		Secret:   []byte(c.JWTSecret.Reveal()),
		Issuer:   c.JWTIssuer,
		Audience: c.JWTAudience,
		Channels: c.ChannelNames(),
	}
}

// Load reads a Config from flags (given), the environment and the files that they
// name. The error joins every mistake, each an *Error.
//
// For the sandbox it creates the secret that signs tokens, once, in the data dir.
func Load(given Settings, env Lookup) (Config, error) {
	l := &loader{Settings: given.fill(env), env: env}
	l.rejectUnavailable()
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

		QuotaOpenUploads: l.count("MEDIARELAY_QUOTA_OPEN_UPLOADS", l.QuotaOpenUploads),
		QuotaOpenBytes:   l.size("MEDIARELAY_QUOTA_OPEN_BYTES", l.QuotaOpenBytes),
		MinFree:          l.size("MEDIARELAY_MIN_FREE", l.MinFree),
		ShutdownDelay:    l.delay("MEDIARELAY_SHUTDOWN_DELAY", l.ShutdownDelay),

		Sandbox: l.ChannelsFile == "",
	}
	c.JWTSecret = l.secret(c.Sandbox)
	if !c.Sandbox {
		c.Reload = l.reread
	}
	return c, errors.Join(l.errs...)
}

// loader reads settings and collects the mistakes in them.
type loader struct {
	Settings
	env  Lookup
	errs []error
}

func (l *loader) fail(variable, format string, args ...any) {
	l.errs = append(l.errs, mistake(variable, format, args...))
}

func (l *loader) rejectUnavailable() {
	for _, variable := range slices.Sorted(maps.Keys(unavailable)) {
		if value, ok := l.env(variable); ok && value != "" {
			l.fail(variable, "%s", unavailable[variable])
		}
	}
}
