package config_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mediarelay/internal/config"
)

func TestRejectedChannels(t *testing.T) {
	for _, tt := range []struct {
		name string
		yaml string
		want []string
	}{
		{
			"an unknown provider", channel("provider: twilio", "api_key_env: ACME_KEY"),
			[]string{`channels.acme: unknown provider "twilio". Use dialog360, cloudapi or onprem`},
		},
		{
			"nothing of what cloudapi needs", channel("provider: cloudapi"),
			[]string{
				"version is missing. Set it to a version of the Graph API, such as v23.0", "phone_number_id is missing",
				"the key is missing. Set access_token_file or access_token_env",
			},
		},
		{
			"a bad value in every field of cloudapi",
			channel("provider: cloudapi", "base_url: graph", "version: 23", "phone_number_id: +49 151", "app_id: acme", "access_token_file: missing"),
			[]string{
				"base_url does not have the form", `version "23" does not have the form v23.0`, `phone_number_id "+49 151" is not a number`,
				`app_id "acme" is not a number`, "access_token_file: ", "no such file or directory",
			},
		},
		{
			"the token itself", channel("provider: cloudapi", "version: v23.0", `phone_number_id: "1062"`, "access_token: "+canary),
			[]string{"Set access_token_file to its file, or access_token_env to its variable", "the key is missing"},
		},
		{
			"another provider's key", channel("provider: cloudapi", "version: v23.0", `phone_number_id: "1062"`, "api_key_env: ACME_KEY"),
			[]string{`cloudapi has no field "api_key_env"`, "the key is missing. Set access_token_file"},
		},
		{
			"another provider's fields", channel("provider: onprem", `app_id: "1"`, "api_key_env: ACME_KEY"),
			[]string{`onprem has no field "app_id". Its fields are provider, base_url, api_key_file, api_key_env`},
		},
		{"no key of the on-premise API", channel("provider: onprem"), []string{"the key is missing. Set api_key_file or api_key_env"}},
		{"no provider", channel("api_key_env: ACME_KEY"), []string{"provider is missing"}},
		{"nothing", "channels:\n  acme:\n", []string{"channels.acme: provider is missing"}},
		{"no key", channel("provider: dialog360"), []string{"the key is missing. Set api_key_file or api_key_env"}},
		{
			"two keys", channel("provider: dialog360", "api_key_env: ACME_KEY", "api_key_file: x"),
			[]string{"api_key_file and api_key_env are both set"},
		},
		{
			"the key itself", channel("provider: dialog360", "api_key: "+canary),
			[]string{"a key does not belong in this file", "the key is missing"},
		},
		{
			"the key in place of its variable", channel("provider: dialog360", "api_key_env: "+canary),
			[]string{"the environment variable of this name is missing"},
		},
		{
			"a missing key file", channel("provider: dialog360", "api_key_file: missing"),
			[]string{"api_key_file: ", "no such file or directory"},
		},
		{
			"a folder for a key file", channel("provider: dialog360", "api_key_file: ."),
			[]string{"is a directory"},
		},
		{
			"an address without TLS", channel("provider: dialog360", "base_url: http://api.example.com", "api_key_env: ACME_KEY"),
			[]string{"base_url does not have the form https://host"},
		},
		{
			"an unknown field", channel("provider: dialog360", "api_key_env: ACME_KEY", "colour: red"),
			[]string{`dialog360 has no field "colour". Its fields are provider, base_url, api_key_file, api_key_env`},
		},
		{
			"a bad name", "channels:\n  ACME Ltd:\n    provider: dialog360\n    api_key_env: ACME_KEY\n",
			[]string{"channels.ACME Ltd: the name must have"},
		},
		{"no channels", "channels: {}\n", []string{"has no channel under channels:"}},
		{"an empty file", "", []string{"has no channel under channels:"}},
		{"a field beside channels", "channel:\n  acme: {}\n", []string{"line 1, column 1", "channel"}},
		{"a channel twice", "channels:\n  acme: {provider: dialog360}\n  acme: {provider: dialog360}\n", []string{"line 3", "duplicate name"}},
		{"a list", "channels:\n  - acme\n", []string{"line 2", "wrong type"}},
		{"no YAML", "channels: [" + canary, []string{"invalid YAML"}},
		{"a nested key", channel("provider: dialog360", "api_key_env: {x: "+canary+"}"), []string{"wrong type"}},
		{
			"three mistakes in two channels",
			channel("provider: dialog360", "base_url: here", "api_key_file: missing") + "  beta:\n    provider: onprem\n",
			[]string{"channels.acme: base_url", "channels.acme: api_key_file", "channels.beta: the key is missing"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			env := acme(t, variables{"MEDIARELAY_CHANNELS_FILE": file(t, t.TempDir(), "c.yaml", tt.yaml)})
			errs := mistakes(t, env)
			text := fmt.Sprint(errs)
			for _, want := range tt.want {
				if !strings.Contains(text, want) {
					t.Errorf("got  %s\nwant %s", text, want)
				}
			}
			if strings.Contains(text, canary) {
				t.Errorf("an error shows a secret: %s", text)
			}
			for _, e := range errs {
				if e.Variable != "MEDIARELAY_CHANNELS_FILE" {
					t.Errorf("%v does not name the channels file", e)
				}
			}
		})
	}
}

func TestAKeyFileBesideTheChannelsFile(t *testing.T) {
	dir := t.TempDir()
	file(t, dir, "acme.key", canary+"\n")
	env := acme(t, variables{"MEDIARELAY_CHANNELS_FILE": file(t, dir, "c.yaml",
		channel("provider: dialog360", "base_url: https://waba.example.com", "api_key_file: acme.key"))})
	c, err := config.Load(config.Settings{}, env.lookup)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Channels[0]; got.APIKey.Reveal() != canary || got.BaseURL != "https://waba.example.com" {
		t.Errorf("address %s, key of %d bytes", got.BaseURL, len(got.APIKey.Reveal()))
	}
	if !filepath.IsAbs(env["MEDIARELAY_CHANNELS_FILE"]) {
		t.Fatal("the test must name the file from another folder")
	}
}

// Each provider's fields, as the configuration page shows them. An id of Meta's
// need not stand in quotes.
func TestAChannelOfEachProvider(t *testing.T) {
	dir := t.TempDir()
	file(t, dir, "meta.token", canary+"\n")
	env := acme(t, variables{"MEDIARELAY_CHANNELS_FILE": file(t, dir, "c.yaml", `channels:
  a-dialog:
    provider: dialog360
    api_key_env: ACME_KEY
  b-meta:
    provider: cloudapi
    base_url: https://graph.example.com
    version: v23.0
    phone_number_id: 106540352242922
    app_id: "4410"
    access_token_file: meta.token
  c-old:
    provider: onprem
    base_url: https://waba.example.com
    api_key_env: ACME_KEY
`)})
	c, err := config.Load(config.Settings{}, env.lookup)
	if err != nil {
		t.Fatal(err)
	}
	want := []config.Channel{
		{Name: "a-dialog", Provider: config.ProviderDialog360, APIKey: canary},
		{
			Name: "b-meta", Provider: config.ProviderCloudAPI, BaseURL: "https://graph.example.com", Version: "v23.0",
			PhoneNumberID: "106540352242922", AppID: "4410", AccessToken: canary,
		},
		{Name: "c-old", Provider: config.ProviderOnPrem, BaseURL: "https://waba.example.com", APIKey: canary},
	}
	if !slices.Equal(c.Channels, want) {
		t.Errorf("got %+v, want %+v", c.Channels, want)
	}
}

func channel(fields ...string) string {
	return "channels:\n  acme:\n    " + strings.Join(fields, "\n    ") + "\n"
}
