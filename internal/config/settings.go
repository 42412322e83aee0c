// Package config reads what an operator sets, from flags, the environment and
// the channels file, into one typed Config, and reports every mistake at once.
//
// It leaves to others: opening what the settings name (server) and speaking to a
// provider (provider). The value of a secret is in no error and in no print.
package config

import (
	"cmp"
	"reflect"
	"strings"
)

//go:generate go test . -run TestTheConfigurationPage -update

// Settings are the values as they were given, before anything is made of them.
// This struct is the list of all settings: flags, help, errors and
// docs/configuration.md are made from its tags.
//
//	env      the environment variable
//	form     what a value looks like
//	default  the value where none is given
//	shown    the default in words, where it depends on other settings
//	kong:"-" the environment only: a flag would show a secret in the list of processes
type Settings struct {
	// ForToken says that a token is to be signed for a server that runs already:
	// its secret is then found and never made.
	ForToken bool `kong:"-"`

	Listen         string `env:"MEDIARELAY_LISTEN" default:":8080" placeholder:"ADDR" form:"host:port or :port" help:"Address of the public listener."`
	AdminListen    string `env:"MEDIARELAY_ADMIN_LISTEN" default:"127.0.0.1:9090" placeholder:"ADDR" form:"host:port or :port" help:"Address of the listener for metrics and readiness. Keep it private."`
	PublicURL      string `env:"MEDIARELAY_PUBLIC_URL" placeholder:"URL" form:"https://host or https://host:port, without a path" shown:"from each request's Host" help:"The URL that browsers see. It begins the Location of an upload; set it behind a proxy."`
	DataDir        string `env:"MEDIARELAY_DATA_DIR" default:"./data" placeholder:"DIR" form:"a folder" help:"Folder of the local store and of SQLite."`
	DatabaseURL    string `kong:"-" env:"MEDIARELAY_DATABASE_URL" form:"sqlite:PATH or postgres://user:password@host/name" shown:"sqlite: mediarelay.db in the data dir" help:"The database. A SQLite file is for one server, a Postgres for any number of replicas."`
	StoreURL       string `env:"MEDIARELAY_STORE_URL" placeholder:"URL" form:"file:PATH" shown:"file: uploads in the data dir" help:"Where the bytes of uploads are kept."`
	JWTSecret      string `kong:"-" env:"MEDIARELAY_JWT_SECRET" form:"32 bytes or more" shown:"generated for the sandbox only" help:"The secret that signs tokens (HS256)."`
	JWTSecretFile  string `env:"MEDIARELAY_JWT_SECRET_FILE" placeholder:"FILE" form:"a file that holds 32 bytes or more" shown:"none" help:"File with the secret that signs tokens, instead of MEDIARELAY_JWT_SECRET. A newline at its end does not count."`
	JWTIssuer      string `env:"MEDIARELAY_JWT_ISSUER" placeholder:"TEXT" form:"a text" shown:"none: iss is not checked" help:"Tokens must have this iss."`
	JWTAudience    string `env:"MEDIARELAY_JWT_AUDIENCE" default:"mediarelay" placeholder:"TEXT" form:"a text" help:"Tokens must have this in aud."`
	ChannelsFile   string `name:"config" env:"MEDIARELAY_CHANNELS_FILE" placeholder:"FILE" form:"a YAML file" shown:"none: one channel, demo, on the built-in sandbox" help:"The channels."`
	AllowedOrigins string `env:"MEDIARELAY_ALLOWED_ORIGINS" placeholder:"ORIGINS" form:"https://host or https://host:port, comma separated, without paths and wildcards" shown:"none: same origin only" help:"Origins whose pages may call this server (CORS)."`
	RelayEarly     string `env:"MEDIARELAY_RELAY_EARLY" default:"handles" placeholder:"COPIES" form:"handles or all" help:"What is relayed while its upload still arrives: handles, or all, media IDs too. A media upload that its client interrupts begins again at the provider, and counts against its rate."`
	UploadExpiry   string `env:"MEDIARELAY_UPLOAD_EXPIRY" default:"24h" placeholder:"TIME" form:"a time above 0 with its unit, such as 90m or 24h" help:"An unfinished upload is removed after this silence."`
	Retention      string `env:"MEDIARELAY_RETENTION" default:"720h" placeholder:"TIME" form:"a time above 0 with its unit, such as 90m or 24h" help:"The bytes of a relayed upload are kept this long, so that an expired media ID can be renewed."`
}

// notYet are variables of a later build: one that is set and does nothing would
// leave an operator in a false belief.
var notYet = map[string]string{
	"MEDIARELAY_JWT_JWKS_URL":  "key sets are not available in this build. Sign tokens with MEDIARELAY_JWT_SECRET",
	"MEDIARELAY_JWT_JWKS_FILE": "key sets are not available in this build. Sign tokens with MEDIARELAY_JWT_SECRET",
}

// setting is one row of the list.
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

// list reads the rows from the tags of Settings. A field without a variable is
// the program's own.
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

// Lookup finds a variable of the environment, as os.LookupEnv does.
type Lookup func(variable string) (value string, ok bool)

// fill puts the environment, and then the defaults, where no value was given.
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
