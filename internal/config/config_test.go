package config_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/config"
)

// canary is a secret that must not appear in any error or log.
const canary = "canary-0123456789-0123456789-0123456789"

type variables map[string]string

func (v variables) lookup(name string) (string, bool) {
	value, ok := v[name]
	return value, ok
}

// acme is a valid environment with one channel.
func acme(t *testing.T, more variables) variables {
	t.Helper()
	dir := t.TempDir()
	all := variables{
		"MEDIARELAY_DATA_DIR":      dir,
		"MEDIARELAY_CHANNELS_FILE": file(t, dir, "channels.yaml", "channels:\n  acme:\n    provider: dialog360\n    api_key_env: ACME_KEY\n"),
		"MEDIARELAY_JWT_SECRET":    canary,
		"ACME_KEY":                 canary,
	}
	for name, value := range more {
		all[name] = value
	}
	return all
}

func file(t *testing.T, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoad(t *testing.T) {
	env := acme(t, variables{
		"MEDIARELAY_PUBLIC_URL":       "https://media.example.com/",
		"MEDIARELAY_ALLOWED_ORIGINS":  "https://portal.example.com, http://localhost:3000,",
		"MEDIARELAY_STORE_URL":        "file:/var/lib/mediarelay",
		"MEDIARELAY_DATABASE_URL":     "postgres://me:" + canary + "@db/media",
		"MEDIARELAY_UPLOAD_EXPIRY":    "90m",
		"MEDIARELAY_QUOTA_OPEN_BYTES": "512 MiB",
		"MEDIARELAY_MIN_FREE":         "0",
		"MEDIARELAY_SHUTDOWN_DELAY":   "0s",
		"MEDIARELAY_LISTEN":           "", // as docker compose passes a variable that is not set
	})
	c, err := config.Load(config.Settings{AdminListen: "127.0.0.1:0"}, env.lookup)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, got, want string }{
		{"listen, by default", c.Listen, ":8080"},
		{"admin listen, by flag", c.AdminListen, "127.0.0.1:0"},
		{"public URL", c.PublicURL, "https://media.example.com"},
		{"origins", strings.Join(c.AllowedOrigins, " "), "https://portal.example.com http://localhost:3000"},
		{"store", c.StoreDir, "/var/lib/mediarelay"},
		{"database", c.DatabaseURL.Reveal(), "postgres://me:" + canary + "@db/media"},
		{"audience, by default", c.JWTAudience, "mediarelay"},
		{"channels", strings.Join(c.ChannelNames(), " "), "acme"},
		{"key", c.Channels[0].APIKey.Reveal(), canary},
		{"secret of tokens", string(c.Tokens().Secret), canary},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, tt.got, tt.want)
		}
	}
	if c.UploadExpiry != 90*time.Minute || c.Retention != 720*time.Hour || c.Sandbox {
		t.Errorf("expiry %v, retention %v, sandbox %v", c.UploadExpiry, c.Retention, c.Sandbox)
	}
	if c.QuotaOpenUploads != 100 || c.QuotaOpenBytes != 512<<20 || c.MinFree != 0 || c.ShutdownDelay != 0 {
		t.Errorf("quotas %d and %d, least free space %d, delay %v", c.QuotaOpenUploads, c.QuotaOpenBytes, c.MinFree, c.ShutdownDelay)
	}
	if printed := fmt.Sprintf("%v %+v %#v", c, c, c); strings.Contains(printed, canary) {
		t.Errorf("a print shows a secret: %s", printed)
	}
}

func TestSandboxSecretIsStable(t *testing.T) {
	env := variables{"MEDIARELAY_DATA_DIR": filepath.Join(t.TempDir(), "data")}
	first, err := config.Load(config.Settings{}, env.lookup)
	if err != nil {
		t.Fatal(err)
	}
	second, err := config.Load(config.Settings{}, env.lookup)
	if err != nil {
		t.Fatal(err)
	}
	if !first.Sandbox || !slices.Equal(first.ChannelNames(), []string{"demo"}) {
		t.Errorf("sandbox %v, channels %v", first.Sandbox, first.ChannelNames())
	}
	if first.JWTSecret != second.JWTSecret || len(first.JWTSecret.Reveal()) < 32 {
		t.Error("two commands must get the same secret of 32 bytes or more")
	}
	info, err := os.Stat(filepath.Join(first.DataDir, "sandbox-secret"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the secret's file: %v, %v", info, err)
	}
	if left, _ := os.ReadDir(first.DataDir); len(left) != 1 {
		t.Errorf("the data dir holds %v, want the secret alone", left)
	}
}

func TestErrorNamesVariableAndForm(t *testing.T) {
	for _, tt := range []struct {
		name, variable, value string
		want                  string
	}{
		{"no port", "MEDIARELAY_LISTEN", "8080", `"8080" is not an address. Form: host:port or :port. Default: :8080.`},
		{"port too high", "MEDIARELAY_ADMIN_LISTEN", ":65536", "has no port from 0 to 65535"},
		{"URL not absolute", "MEDIARELAY_PUBLIC_URL", "media.example.com", "is not absolute"},
		{"URL with a path", "MEDIARELAY_PUBLIC_URL", "https://example.com/media", "has more than scheme, host and port"},
		{"URL of another scheme", "MEDIARELAY_PUBLIC_URL", "ftp://example.com", "has a scheme that is not https or http"},
		{"origin with a path", "MEDIARELAY_ALLOWED_ORIGINS", "https://a.example,https://b.example/", `"https://b.example/" has more`},
		{"origin with a wildcard", "MEDIARELAY_ALLOWED_ORIGINS", "https://*.example.com", "has a wildcard"},
		{"any origin", "MEDIARELAY_ALLOWED_ORIGINS", "*", "has a wildcard"},
		{"the null origin", "MEDIARELAY_ALLOWED_ORIGINS", "null", "is not absolute"},
		{"origin in capitals", "MEDIARELAY_ALLOWED_ORIGINS", "https://Example.com", "is not in lower case"},
		{"origin with its own port", "MEDIARELAY_ALLOWED_ORIGINS", "https://example.com:443", "which browsers omit"},
		{"a time without unit", "MEDIARELAY_UPLOAD_EXPIRY", "24", `"24" is not a duration. Form: a duration above 0 with a unit, such as 90m or 24h. Default: 24h.`},
		{"neither handles nor all", "MEDIARELAY_RELAY_EARLY", "true", `"true" is neither handles nor all. Form: handles or all. Default: handles.`},
		{"a time in days", "MEDIARELAY_RETENTION", "30d", `"30d" is not a duration`},
		{"no time at all", "MEDIARELAY_RETENTION", "0s", "is not above 0"},
		{"a quota below 0", "MEDIARELAY_QUOTA_OPEN_UPLOADS", "-1", `"-1" is not a whole number from 0. Form: a whole number; 0 sets no limit. Default: 100.`},
		{"a size in decimal units", "MEDIARELAY_QUOTA_OPEN_BYTES", "4GB", `"4GB" is not a size in bytes. Form: bytes, or a number with KiB, MiB or GiB`},
		{"a size beyond all disks", "MEDIARELAY_MIN_FREE", "9000000000GiB", "is too large"},
		{"a delay below 0", "MEDIARELAY_SHUTDOWN_DELAY", "-1s", `"-1s" is below 0`},
		{"a delay without unit", "MEDIARELAY_SHUTDOWN_DELAY", "5", `"5" is not a duration`},
		{"S3", "MEDIARELAY_STORE_URL", "s3://bucket/prefix", "the S3 store is not available in this build"},
		{"a store without scheme", "MEDIARELAY_STORE_URL", "/var/lib", "does not start with file:"},
		{"a store without folder", "MEDIARELAY_STORE_URL", "file:", "names no folder"},
		{"a store on a host", "MEDIARELAY_STORE_URL", "file://var/lib", "names a host"},
		{"another database", "MEDIARELAY_DATABASE_URL", "mysql://" + canary, "starts with neither sqlite: nor postgres://"},
		{"a database without name", "MEDIARELAY_DATABASE_URL", "postgres://me:" + canary + "@db", "not a URL with host and database name"},
		{"SQLite without file", "MEDIARELAY_DATABASE_URL", "sqlite:", "names no file"},
		{"a short secret", "MEDIARELAY_JWT_SECRET", canary[:31], "it has 31 bytes"},
		{"key set by http", "MEDIARELAY_JWT_JWKS_URL", "http://login.example.com/keys", "it does not start with https"},
		{"key set by file:", "MEDIARELAY_JWT_JWKS_URL", "file:///etc/keys.json", "it is not a URL with scheme and host"},
		{"key set with a password", "MEDIARELAY_JWT_JWKS_URL", "https://user:" + canary + "@login.example.com/keys", "it contains a user name"},
		{"no channels file", "MEDIARELAY_CHANNELS_FILE", "/does/not/exist.yaml", "cannot be read: no such file or directory"},
		{"no secret", "MEDIARELAY_JWT_SECRET", "", "it is not set. Set it or MEDIARELAY_JWT_SECRET_FILE"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			errs := mistakes(t, acme(t, variables{tt.variable: tt.value}))
			if len(errs) != 1 {
				t.Fatalf("%d mistakes, want one: %v", len(errs), errs)
			}
			if errs[0].Variable != tt.variable || !strings.Contains(errs[0].Error(), tt.want) {
				t.Errorf("got  %v\nwant %s: … %s", errs[0], tt.variable, tt.want)
			}
		})
	}
}

func TestSecretsInFiles(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range []struct {
		name, path string
		want       string
	}{
		{"missing", filepath.Join(dir, "missing"), "cannot be read: no such file or directory"},
		{"a folder", dir, "cannot be read: is a directory"},
		{"empty", file(t, dir, "empty", "\n"), "is empty"},
		{"short", file(t, dir, "short", canary[:31]+"\n"), "it has 31 bytes"},
		{"long", file(t, dir, "long", strings.Repeat(canary, 1000)), "is longer than 4096 bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			env := acme(t, variables{"MEDIARELAY_JWT_SECRET": "", "MEDIARELAY_JWT_SECRET_FILE": tt.path})
			errs := mistakes(t, env)
			if len(errs) != 1 || errs[0].Variable != "MEDIARELAY_JWT_SECRET_FILE" || !strings.Contains(errs[0].Error(), tt.want) {
				t.Errorf("got %v, want one: %s", errs, tt.want)
			}
		})
	}
	t.Run("good", func(t *testing.T) {
		path := file(t, dir, "good", canary+"\r\n")
		env := acme(t, variables{"MEDIARELAY_JWT_SECRET": "", "MEDIARELAY_JWT_SECRET_FILE": path})
		if c, err := config.Load(config.Settings{}, env.lookup); err != nil || c.JWTSecret.Reveal() != canary {
			t.Errorf("%v, %d bytes", err, len(c.JWTSecret.Reveal()))
		}
	})
	t.Run("both", func(t *testing.T) {
		env := acme(t, variables{"MEDIARELAY_JWT_SECRET_FILE": file(t, dir, "good", canary)})
		if errs := mistakes(t, env); len(errs) != 1 || !strings.Contains(errs[0].Error(), "Set only one") {
			t.Errorf("got %v", errs)
		}
	})
}

func TestAllErrorsAtOnceWithoutSecrets(t *testing.T) {
	env := acme(t, variables{
		"MEDIARELAY_LISTEN":          "nowhere",
		"MEDIARELAY_PUBLIC_URL":      "media.example.com",
		"MEDIARELAY_ALLOWED_ORIGINS": "*",
		"MEDIARELAY_STORE_URL":       "s3://" + canary + "@bucket",
		"MEDIARELAY_DATABASE_URL":    "mysql://root:" + canary + "@db",
		"MEDIARELAY_RETENTION":       "soon",
		"MEDIARELAY_JWT_SECRET":      canary[:20],
		"ACME_KEY":                   canary + "\n",
	})
	errs := mistakes(t, env)
	var named []string
	for _, e := range errs {
		named = append(named, strings.TrimPrefix(e.Variable, "MEDIARELAY_"))
	}
	slices.Sort(named)
	want := "ALLOWED_ORIGINS CHANNELS_FILE DATABASE_URL JWT_SECRET LISTEN PUBLIC_URL RETENTION STORE_URL"
	if strings.Join(named, " ") != want {
		t.Errorf("named %v\nwant  %s", named, want)
	}
	if text := fmt.Sprint(errs); strings.Contains(text, canary[:20]) {
		t.Errorf("an error shows a secret: %s", text)
	}
}

// mistakes loads invalid settings and returns their errors.
func mistakes(t *testing.T, env variables) []*config.Error {
	t.Helper()
	_, err := config.Load(config.Settings{}, env.lookup)
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) {
		t.Fatalf("the settings were accepted: %v", err)
	}
	var all []*config.Error
	for _, e := range joined.Unwrap() {
		var one *config.Error
		if !errors.As(e, &one) {
			t.Fatalf("%v is not a *config.Error", e)
		}
		all = append(all, one)
	}
	return all
}
