package config

import (
	"fmt"
	"strings"
)

// EnvironmentOnly is the part of a command's help about settings without a flag.
func EnvironmentOnly() string {
	var b strings.Builder
	b.WriteString("Settings that contain a secret are read from the environment only:\n")
	for _, s := range list() {
		if s.flag == "" {
			fmt.Fprintf(&b, "\n  %s\n    %s %s (default: %s)\n", s.variable, s.help, inBrackets(s.form), s.defaultInWords())
		}
	}
	return b.String()
}

func inBrackets(form string) string { return "[" + form + "]" }

// Page returns docs/configuration.md.
func Page() string {
	var b strings.Builder
	b.WriteString(pageHead)
	for _, s := range list() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", s.variable, flagCell(s), s.help, s.form, defaultCell(s))
	}
	b.WriteString(pageTail)
	return b.String()
}

func flagCell(s setting) string {
	if s.flag == "" {
		return ""
	}
	return "`" + s.flag + "`"
}

func defaultCell(s setting) string {
	if s.standard != "" {
		return "`" + s.standard + "`"
	}
	return s.defaultInWords()
}

const pageHead = `<!-- Generated from internal/config/settings.go by go generate ./internal/config. -->

# Configuration

Every setting is an environment variable. Most have a flag, which takes precedence. Settings that
contain a secret have no flag, because flags are visible in the process list. An empty variable
counts as unset. The server reports all mistakes at once, before it listens. A variable that starts with
MEDIARELAY_ and is not in this table is a mistake too, unless the channels file names it, or it starts with
MEDIARELAY_TEST_, which the test suites use, or is MEDIARELAY_TOKEN, which docs/upload-with-curl.sh uses, or
Kubernetes set it for a service. ` + "`mediarelay serve --check`" + ` reads all settings, checks the files, connections
and addresses that they name, and ends: see [observability.md](observability.md).
[tokens.md](tokens.md) says what a token contains and how a portal signs one.

| variable | flag | meaning | form | default |
|---|---|---|---|---|
`

const pageTail = `
## The channels file

A channel is one WhatsApp sender: a phone number at one provider. Each token is for one channel.

` + "```yaml" + `
channels:
  acme:
    provider: dialog360
    base_url: https://waba-v2.360dialog.io   # optional
    api_key_file: /run/secrets/acme          # or api_key_env: ACME_API_KEY
  acme-meta:
    provider: cloudapi
    base_url: https://graph.facebook.com     # optional
    version: v23.0                           # of the Graph API
    phone_number_id: "1062..."               # Meta's id, not the phone number
    app_id: "4410..."                        # only for handles
    access_token_file: /run/secrets/acme-meta   # or access_token_env: ACME_META_TOKEN
  acme-old:
    provider: onprem
    base_url: https://waba.360dialog.io      # optional
    api_key_file: /run/secrets/acme-old      # or api_key_env: ACME_OLD_API_KEY
` + "```" + `

- A name has 1 to 63 of the characters a to z, 0 to 9, - and _, and starts with a letter or a digit.
- Keep a key in a file or in an environment variable, never in this file. A relative path of a key file
  is resolved against the folder of the channels file. A trailing newline in a key file is ignored.
- The server reads the channels file and the key files again every 5 s, each channel on its own. A
  channel that was paused because of a wrong key resumes with the new one. If the new settings of a channel
  are invalid, the channel keeps its previous ones; the log says why, and ` + "`/readyz`" + ` reports it. Adding or
  removing a channel needs a restart; the log and ` + "`/readyz`" + ` say so.
- ` + "`dialog360`" + ` gives handles for template headers and profile pictures. ` + "`cloudapi`" + ` does so if ` + "`app_id`" + ` is
  set. ` + "`onprem`" + ` gives none. [providers.md](providers.md) lists what each provider accepts and stores.
- ` + "`base_url`" + ` must be https. http is allowed for a loopback address only.

## The sandbox

With ` + "`--sandbox`" + ` there is one channel, ` + "`demo`" + `, on the built-in sandbox, which sends nothing to WhatsApp.
Without the flag the server does the same only if nothing is configured: no channels file, no secret or key
set for tokens, no public URL and no Postgres database. If one of them is set and the channels file is not,
the server refuses to start, because a mistyped name must not turn production into a sandbox.

Without a secret for tokens the server creates one, once, as ` + "`sandbox-secret`" + ` in the data dir, and prints a
URL with a token. If you set the secret, it prints no token: ` + "`mediarelay token --sandbox`" + ` signs one.

## Limits

- **Quotas.** A sub has a quota of unfinished uploads in each channel, shared by all replicas. An upload counts from its
  creation until its last byte is stored, or until it is deleted or expires (` + "`MEDIARELAY_UPLOAD_EXPIRY`" + `). A creation
  repeated with the same ` + "`key`" + ` counts once. Beyond the quota a creation is answered 429, ` + "`quota_exceeded`" + `, with
  ` + "`Retry-After`" + `; the upload page waits and tries again. If many people share one sub, raise the quota.
- **Free space.** Below ` + "`MEDIARELAY_MIN_FREE`" + ` a creation is answered 507, ` + "`storage_full`" + `, with ` + "`Retry-After`" + `, and
  uploads that have begun continue. Choose it larger than the bytes that may still arrive for them.
- **Event streams.** A sub may have 128 event streams open in each channel of one replica, and a replica serves 2048. More are
  answered 429, ` + "`too_many_requests`" + `. A client that does not accept an event within 10 s is disconnected.
- **Stop.** After SIGTERM, ` + "`/readyz`" + ` answers 503 while the server still serves for ` + "`MEDIARELAY_SHUTDOWN_DELAY`" + `. Choose
  it longer than your load balancer needs to notice; the sandbox has no delay. Then the server stops within 22 s, so a Kubernetes Pod needs a
  ` + "`terminationGracePeriodSeconds`" + ` of the delay plus 25 s or more: its default of 30 s fits the default delay. A second
  signal ends the process at once; nothing that was acknowledged is lost.
`
