// Package config reads an operator's settings from flags, the environment and the
// channels file into one typed Config, and reports every mistake at once. It never
// puts a secret into an error or a log.
//
// It leaves to others: opening the files, databases and listeners that the settings
// name (app), and talking to a provider (provider).
package config

import (
	"cmp"
	"reflect"
	"strings"
)

//go:generate go test . -run TestTheConfigurationPage -update

// Settings are the raw values of all settings. Flags, help, errors and
// docs/configuration.md are generated from the struct's tags.
//
//	env      the environment variable
//	form     the form of a valid value
//	default  the default value
//	shown    the default in words, if it depends on other settings
//	kong:"-" environment only, because a flag would show a secret in the process list
type Settings struct {
	// ForToken is set to sign a token for a server that is running already: Load then
	// reads that server's sandbox secret and never creates one.
	ForToken bool `kong:"-"`
	// ForCheck is set to check settings only: Load then creates nothing.
	ForCheck bool `kong:"-"`
	// Sandbox is the flag --sandbox. It is no variable: one that stays set would turn
	// production into a sandbox.
	Sandbox bool `help:"Serve one channel, demo, on the built-in sandbox, which sends nothing to WhatsApp. This is the default only where none of MEDIARELAY_CHANNELS_FILE, MEDIARELAY_JWT_*, MEDIARELAY_PUBLIC_URL and a Postgres database is set."`

	Listen           string `env:"MEDIARELAY_LISTEN" default:":8080" placeholder:"ADDR" form:"host:port or :port" help:"Address of the public listener."`
	AdminListen      string `env:"MEDIARELAY_ADMIN_LISTEN" default:"127.0.0.1:9090" placeholder:"ADDR" form:"host:port or :port" help:"Address of the listener for metrics and readiness. Keep it private."`
	PublicURL        string `env:"MEDIARELAY_PUBLIC_URL" placeholder:"URL" form:"https://host or https://host:port, without a path" shown:"none: upload URLs are relative" help:"The URL that browsers see, and the start of every upload URL. A client must resolve a relative one against the URL of its request."`
	DataDir          string `env:"MEDIARELAY_DATA_DIR" default:"./data" placeholder:"DIR" form:"a folder" help:"Folder for the local store and the SQLite file."`
	DatabaseURL      string `kong:"-" env:"MEDIARELAY_DATABASE_URL" form:"sqlite:PATH or postgres://user:password@host/name" shown:"sqlite: mediarelay.db in the data dir" help:"The database. SQLite serves one server, Postgres any number of replicas."`
	StoreURL         string `env:"MEDIARELAY_STORE_URL" placeholder:"URL" form:"file:PATH" shown:"file: uploads in the data dir" help:"The store for the bytes of uploads."`
	JWTSecret        string `kong:"-" env:"MEDIARELAY_JWT_SECRET" form:"32 bytes or more" shown:"generated for the sandbox only" help:"The secret that signs tokens (HS256)."`
	JWTSecretFile    string `env:"MEDIARELAY_JWT_SECRET_FILE" placeholder:"FILE" form:"a file with 32 bytes or more" shown:"none" help:"File with the secret that signs tokens, instead of MEDIARELAY_JWT_SECRET. A trailing newline is ignored."`
	JWTKeySetFile    string `name:"jwt-jwks-file" env:"MEDIARELAY_JWT_JWKS_FILE" placeholder:"FILE" form:"a JSON file" shown:"none" help:"File with the public keys of whoever signs tokens, as a JWK Set (RS256, ES256, EdDSA). It is read again every 5 s."`
	JWTKeySetURL     string `name:"jwt-jwks-url" env:"MEDIARELAY_JWT_JWKS_URL" placeholder:"URL" form:"https://host/path (http for a loopback address only)" shown:"none" help:"URL of that key set, instead of MEDIARELAY_JWT_JWKS_FILE. It is read again every 5 minutes, and for a key that is new."`
	JWTIssuer        string `env:"MEDIARELAY_JWT_ISSUER" placeholder:"TEXT" form:"text" shown:"none: iss is not checked" help:"The iss claim that tokens must have."`
	JWTAudience      string `env:"MEDIARELAY_JWT_AUDIENCE" default:"mediarelay" placeholder:"TEXT" form:"text" help:"A value that the aud claim of tokens must contain."`
	ChannelsFile     string `name:"config" env:"MEDIARELAY_CHANNELS_FILE" placeholder:"FILE" form:"a YAML file" shown:"none: the sandbox, if nothing else is configured" help:"The channels file."`
	AllowedOrigins   string `env:"MEDIARELAY_ALLOWED_ORIGINS" placeholder:"ORIGINS" form:"https://host or https://host:port, comma separated, without path or wildcard" shown:"none: same origin only" help:"Origins whose pages may call this server (CORS)."`
	RelayEarly       string `env:"MEDIARELAY_RELAY_EARLY" default:"handles" placeholder:"COPIES" form:"handles or all" help:"What the server relays while the upload still arrives: handles only, or all, which includes media IDs. If the client interrupts such a media upload, the server sends it to the provider again, which counts against the provider's rate limit."`
	UploadExpiry     string `env:"MEDIARELAY_UPLOAD_EXPIRY" default:"24h" placeholder:"TIME" form:"a duration above 0 with a unit, such as 90m or 24h" help:"An unfinished upload expires if it receives no data for this long."`
	Retention        string `env:"MEDIARELAY_RETENTION" default:"720h" placeholder:"TIME" form:"a duration above 0 with a unit, such as 90m or 24h" help:"How long the bytes of a relayed upload are kept, so that an expired media ID can be renewed."`
	QuotaOpenUploads string `env:"MEDIARELAY_QUOTA_OPEN_UPLOADS" default:"100" placeholder:"N" form:"a whole number; 0 sets no limit" help:"How many unfinished uploads one sub of one channel may have. The server answers 429 to a creation beyond that."`
	QuotaOpenBytes   string `env:"MEDIARELAY_QUOTA_OPEN_BYTES" default:"4GiB" placeholder:"SIZE" form:"bytes, or a number with KiB, MiB or GiB; 0 sets no limit" help:"How many bytes the unfinished uploads of one sub of one channel may declare in total. The server answers 429 to a creation beyond that."`
	MinFree          string `env:"MEDIARELAY_MIN_FREE" default:"1GiB" placeholder:"SIZE" form:"bytes, or a number with KiB, MiB or GiB; 0 turns the check off" help:"If the file system of the store has less free space than this, the server answers 507 to new uploads. Uploads that have begun continue."`
	ShutdownDelay    string `env:"MEDIARELAY_SHUTDOWN_DELAY" default:"5s" placeholder:"TIME" form:"a duration with a unit, such as 5s; 0s stops at once" help:"After SIGTERM the server is not ready but still serves for this long, so that load balancers stop sending requests. Then it stops within 22 s: set terminationGracePeriodSeconds of a Kubernetes Pod to at least this plus 25 s."`
	TrustedProxies   string `env:"MEDIARELAY_TRUSTED_PROXIES" placeholder:"RANGES" form:"IP addresses or ranges such as 10.0.0.0/8, comma separated" shown:"none: the address of the connection is the client's" help:"Proxies whose X-Forwarded-For and Forwarded headers are believed, to find the client's address."`
	LogLevel         string `env:"MEDIARELAY_LOG_LEVEL" default:"info" placeholder:"LEVEL" form:"debug, info, warn or error" help:"The least severe log lines that are written."`
	LogFormat        string `env:"MEDIARELAY_LOG_FORMAT" default:"json" placeholder:"FORMAT" form:"json or text" help:"The format of the log on standard error."`
	Pprof            string `env:"MEDIARELAY_PPROF" default:"off" placeholder:"ON" form:"on or off" help:"Serve Go's profiles under /debug/pprof/ on the admin listener."`
}

// setting is one setting, read from the tags of Settings.
type setting struct {
	variable string
	flag     string
	form     string
	standard string // the default
	shown    string
	help     string
	index    int
}

func (s setting) defaultInWords() string { return cmp.Or(s.standard, s.shown, "none") }

// list returns all settings. A field of Settings without a variable is not a setting.
func list() []setting {
	t := reflect.TypeFor[Settings]()
	var rows []setting
	for i := range t.NumField() {
		tag := t.Field(i).Tag
		if tag.Get("env") == "" {
			continue
		}
		rows = append(rows, setting{
			variable: tag.Get("env"), flag: flagName(t.Field(i)), form: tag.Get("form"),
			standard: tag.Get("default"), shown: tag.Get("shown"), help: tag.Get("help"), index: i,
		})
	}
	return rows
}

func flagName(f reflect.StructField) string {
	if f.Tag.Get("kong") == "-" {
		return ""
	}
	if name := f.Tag.Get("name"); name != "" {
		return "--" + name
	}
	variable := strings.TrimPrefix(f.Tag.Get("env"), "MEDIARELAY_")
	return "--" + strings.ReplaceAll(strings.ToLower(variable), "_", "-")
}

// Lookup returns an environment variable, as os.LookupEnv does.
type Lookup func(variable string) (value string, ok bool)

// field returns the raw value of a setting.
func (s Settings) field(row setting) string { return reflect.ValueOf(s).Field(row.index).String() }

// fill sets each empty field from the environment, then from its default.
func (s Settings) fill(env Lookup) Settings {
	fields := reflect.ValueOf(&s).Elem()
	for _, row := range list() {
		field := fields.Field(row.index)
		if field.String() != "" {
			continue
		}
		value, _ := env(row.variable)
		field.SetString(cmp.Or(value, row.standard))
	}
	return s
}
