package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mediarelay/internal/config"
)

func environ(v variables) (pairs []string) {
	for name, value := range v {
		pairs = append(pairs, name+"="+value)
	}
	return pairs
}

func TestAnUnknownVariableIsAMistake(t *testing.T) {
	for _, tt := range []struct{ name, variable, want string }{
		{"a typing error", "MEDIARELAY_CHANELS_FILE", "MEDIARELAY_CHANELS_FILE: there is no such variable. Did you mean MEDIARELAY_CHANNELS_FILE?"},
		{"a part is missing", "MEDIARELAY_JWT_SECRETFILE", "Did you mean MEDIARELAY_JWT_SECRET_FILE?"},
		{"in lower case", "MEDIARELAY_log_level", "Unset it; mediarelay serve --help lists all variables"},
		{"nothing like it", "MEDIARELAY_COLOUR", "Unset it; mediarelay serve --help lists all variables"},
		{"the prefix alone", "MEDIARELAY_", "there is no such variable"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := config.FromEnvironment(config.Settings{}, environ(acme(t, variables{tt.variable: canary})))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want %s", err, tt.want)
			}
			if strings.Contains(err.Error(), canary) {
				t.Errorf("the error shows the value: %v", err)
			}
		})
	}
}

func TestVariablesOfOthersAreAccepted(t *testing.T) {
	for _, variable := range []string{
		"MEDIARELAY_TEST_LONG", "MEDIARELAY_TOKEN", "PATH", "mediarelay_listen",
		"MEDIARELAY_SERVICE_HOST", "MEDIARELAY_SERVICE_PORT", "MEDIARELAY_SERVICE_PORT_HTTP", "MEDIARELAY_PORT",
		"MEDIARELAY_PORT_8080_TCP", "MEDIARELAY_PORT_8080_TCP_ADDR", "MEDIARELAY_ADMIN_PORT_9090_TCP_PROTO",
	} {
		if _, err := config.FromEnvironment(config.Settings{}, environ(acme(t, variables{variable: "x"}))); err != nil {
			t.Errorf("%s: %v", variable, err)
		}
	}
	if _, err := config.FromEnvironment(config.Settings{}, environ(acme(t, variables{"MEDIARELAY_COLOUR": ""}))); err != nil {
		t.Errorf("an empty variable counts as unset: %v", err)
	}
}

// An operator may give a channel's key a variable with our prefix.
func TestAVariableThatTheChannelsFileNamesIsKnown(t *testing.T) {
	env := acme(t, variables{
		"MEDIARELAY_ACME_KEY":      canary,
		"MEDIARELAY_CHANNELS_FILE": file(t, t.TempDir(), "c.yaml", channel("provider: dialog360", "api_key_env: MEDIARELAY_ACME_KEY")),
	})
	if _, err := config.FromEnvironment(config.Settings{}, environ(env)); err != nil {
		t.Error(err)
	}
}

func TestTheSandboxIsChosen(t *testing.T) {
	for _, tt := range []struct {
		name      string
		flag      bool
		env       variables
		sandbox   bool
		generated bool
		want      string // of the error
	}{
		{"nothing is configured", false, variables{}, true, true, ""},
		{"SQLite, a folder and addresses", false, variables{"MEDIARELAY_DATABASE_URL": "sqlite:x.db", "MEDIARELAY_LISTEN": ":80"}, true, true, ""},
		{"by flag", true, variables{"MEDIARELAY_PUBLIC_URL": "https://a.example"}, true, true, ""},
		{"by flag, with a secret", true, variables{"MEDIARELAY_JWT_SECRET": canary}, true, false, ""},
		{"a secret", false, variables{"MEDIARELAY_JWT_SECRET": canary}, false, false, "it is not set, but MEDIARELAY_JWT_SECRET is"},
		{"a secret's file", false, variables{"MEDIARELAY_JWT_SECRET_FILE": "x"}, false, false, "but MEDIARELAY_JWT_SECRET_FILE is"},
		{"a key set's file", false, variables{"MEDIARELAY_JWT_JWKS_FILE": "x"}, false, false, "but MEDIARELAY_JWT_JWKS_FILE is"},
		{"a key set's URL", false, variables{"MEDIARELAY_JWT_JWKS_URL": "https://a.example/k"}, false, false, "but MEDIARELAY_JWT_JWKS_URL is"},
		{"a public URL", false, variables{"MEDIARELAY_PUBLIC_URL": "https://a.example"}, false, false, "but MEDIARELAY_PUBLIC_URL is"},
		{"Postgres", false, variables{"MEDIARELAY_DATABASE_URL": "postgres://a/b"}, false, false, "but MEDIARELAY_DATABASE_URL is"},
		{"by flag, with channels", true, acme(t, nil), false, false, "--sandbox is set too"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.env["MEDIARELAY_DATA_DIR"] = t.TempDir()
			c, err := config.Load(config.Settings{Sandbox: tt.flag}, tt.env.lookup)
			if c.Sandbox != tt.sandbox || c.GeneratedSecret != tt.generated {
				t.Errorf("sandbox %v, generated secret %v", c.Sandbox, c.GeneratedSecret)
			}
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), "MEDIARELAY_CHANNELS_FILE: "+tt.want) && !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// A check leaves the data dir as it is.
func TestACheckGeneratesNoSecret(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	c, err := config.Load(config.Settings{ForCheck: true, DataDir: dir}, variables{}.lookup)
	if err != nil || !c.GeneratedSecret || c.JWTSecret.Reveal() != "" {
		t.Errorf("%v, %v", c.GeneratedSecret, err)
	}
	if found, _ := filepath.Glob(dir); len(found) > 0 {
		t.Errorf("the check created %v", found)
	}
}

func TestOperatorsSettings(t *testing.T) {
	c, err := config.Load(config.Settings{}, acme(t, variables{
		"MEDIARELAY_TRUSTED_PROXIES": "10.1.2.3/8, ::1, 192.0.2.7,",
		"MEDIARELAY_LOG_LEVEL":       "warn", "MEDIARELAY_LOG_FORMAT": "text", "MEDIARELAY_PPROF": "on",
	}).lookup)
	if err != nil || len(c.TrustedProxies) != 3 || c.TrustedProxies[0].String() != "10.0.0.0/8" || c.TrustedProxies[2].String() != "192.0.2.7/32" {
		t.Errorf("%v, %v", c.TrustedProxies, err)
	}
	if c.LogLevel.String() != "WARN" || !c.LogText || !c.Pprof {
		t.Errorf("level %v, text %v, pprof %v", c.LogLevel, c.LogText, c.Pprof)
	}
	for variable, want := range map[string]string{
		"MEDIARELAY_TRUSTED_PROXIES": "neither an IP address nor a range", "MEDIARELAY_LOG_LEVEL": "none of debug, info, warn and error",
		"MEDIARELAY_LOG_FORMAT": "neither json nor text", "MEDIARELAY_PPROF": "neither off nor on",
	} {
		if errs := mistakes(t, acme(t, variables{variable: "10.0.0.0/99"})); len(errs) != 1 || errs[0].Variable != variable || !strings.Contains(errs[0].Error(), want) {
			t.Errorf("got %v, want %s: %s", errs, variable, want)
		}
	}
}

func TestExposedSecretsAreNamed(t *testing.T) {
	dir := t.TempDir()
	open, closed := file(t, dir, "open", canary), file(t, dir, "closed", canary)
	if err := errors.Join(os.Chmod(open, 0o640), os.Chmod(closed, 0o600)); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{open: 1, closed: 0} {
		c, err := config.Load(config.Settings{}, acme(t, variables{
			"MEDIARELAY_JWT_SECRET": "", "MEDIARELAY_JWT_SECRET_FILE": path,
		}).lookup)
		if err != nil || len(c.ExposedFiles) != want || want == 1 && c.ExposedFiles[0] != path {
			t.Errorf("%s: %v, %v", path, c.ExposedFiles, err)
		}
	}
}
