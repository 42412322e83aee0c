package config

import (
	"errors"
	"log/slog"
	"net/netip"
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
	// AdoptStore: the folder becomes the database's store, whatever was paired before. It
	// is a flag of the command and no setting: a setting that stays would disable the
	// check.
	AdoptStore bool
	// JWTSecret signs tokens, with HS256; empty if a key set alone verifies them.
	JWTSecret provider.Secret
	// JWTKeySetFile or JWTKeySetURL is where the key set is read; both empty without one.
	JWTKeySetFile string
	JWTKeySetURL  string
	JWTIssuer     string
	JWTAudience   string
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
	// Sandbox: Channels holds the demo channel alone, whose address and key are those of
	// a sandbox that the server has yet to start.
	Sandbox bool
	// GeneratedSecret: JWTSecret was generated for the sandbox. It signs nothing else, so
	// a token of it may be shown.
	GeneratedSecret bool
	// ExposedFiles are the files with secrets that other users can read.
	ExposedFiles []string
	// TrustedProxies are the networks whose forwarding headers are believed.
	TrustedProxies []netip.Prefix
	// LogLevel and LogText are the least level of log lines, and whether they are text
	// and not JSON.
	LogLevel slog.Level
	LogText  bool
	// Pprof: the admin listener serves profiles.
	Pprof bool
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
		Secret:     []byte(c.JWTSecret.Reveal()),
		KeySetFile: c.JWTKeySetFile,
		KeySetURL:  c.JWTKeySetURL,
		Issuer:     c.JWTIssuer,
		Audience:   c.JWTAudience,
		Channels:   c.ChannelNames(),
	}
}

// Load reads a Config from flags (given), the environment and the files that they
// name. The error joins every mistake, each an *Error.
//
// For the sandbox it creates the secret that signs tokens, once, in the data dir.
func Load(given Settings, env Lookup) (Config, error) {
	l := &loader{Settings: given.fill(env), env: env}
	c := l.load()
	return c, errors.Join(l.errs...)
}

func (l *loader) load() Config {
	c := Config{
		Listen:         l.address("MEDIARELAY_LISTEN", l.Listen),
		AdminListen:    l.address("MEDIARELAY_ADMIN_LISTEN", l.AdminListen),
		PublicURL:      l.publicURL(),
		DataDir:        l.dataDir(),
		DatabaseURL:    l.databaseURL(),
		StoreDir:       l.storeDir(),
		JWTKeySetFile:  l.JWTKeySetFile,
		JWTKeySetURL:   l.keySetURL(),
		JWTIssuer:      l.JWTIssuer,
		JWTAudience:    l.JWTAudience,
		AllowedOrigins: l.origins(),
		MediaEarly:     l.mediaEarly(),
		UploadExpiry:   l.duration("MEDIARELAY_UPLOAD_EXPIRY", l.UploadExpiry),
		Retention:      l.duration("MEDIARELAY_RETENTION", l.Retention),
		TrustedProxies: l.trustedProxies(),
		LogLevel:       l.logLevel(),
		LogText:        l.choice("MEDIARELAY_LOG_FORMAT", l.LogFormat, "json", "text"),
		Pprof:          l.choice("MEDIARELAY_PPROF", l.Pprof, "off", "on"),

		QuotaOpenUploads: l.count("MEDIARELAY_QUOTA_OPEN_UPLOADS", l.QuotaOpenUploads),
		QuotaOpenBytes:   l.size("MEDIARELAY_QUOTA_OPEN_BYTES", l.QuotaOpenBytes),
		MinFree:          l.size("MEDIARELAY_MIN_FREE", l.MinFree),
		ShutdownDelay:    l.delay("MEDIARELAY_SHUTDOWN_DELAY", l.ShutdownDelay),

		Sandbox: l.isSandbox(),
	}
	c.Channels = l.channels(c.Sandbox)
	c.JWTSecret, c.GeneratedSecret = l.secret(c.Sandbox)
	c.ExposedFiles = l.exposed
	if !c.Sandbox {
		c.Reload = l.reread
	}
	return c
}

// loader reads settings and collects the mistakes in them.
type loader struct {
	Settings
	env  Lookup
	errs []error
	// named are the variables that the channels file names.
	named []string
	// exposed are the files with secrets that other users can read.
	exposed []string
}

func (l *loader) fail(variable, format string, args ...any) {
	l.errs = append(l.errs, mistake(variable, format, args...))
}
