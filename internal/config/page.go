package config

import (
	"fmt"
	"strings"
)

// EnvironmentOnly is the part of a command's help that flags cannot show.
func EnvironmentOnly() string {
	var b strings.Builder
	b.WriteString("What holds a secret is read from the environment only:\n")
	for _, s := range list() {
		if s.flag == "" {
			fmt.Fprintf(&b, "\n  %s\n    %s %s (default: %s)\n", s.variable, s.help, inBrackets(s.form), s.defaultInWords())
		}
	}
	return b.String()
}

func inBrackets(form string) string { return "[" + form + "]" }

// Page is docs/configuration.md.
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

# Which settings does the server take?

Every setting is a variable of the environment; a flag of the same name goes before it. What holds
a secret has no flag, since flags show in the list of processes. A variable that is set to nothing
counts as not set. All mistakes are reported at once, before the server listens.

| variable | flag | meaning | form | default |
|---|---|---|---|---|
`

const pageTail = `
## The channels file

A channel is one WhatsApp sender: a phone number at one provider. Tokens name it.

` + "```yaml" + `
channels:
  acme:
    provider: dialog360
    base_url: https://waba-v2.360dialog.io   # may be left out
    api_key_file: /run/secrets/acme          # or api_key_env: ACME_API_KEY
  acme-meta:
    provider: cloudapi
    base_url: https://graph.facebook.com     # may be left out
    version: v23.0                           # of the Graph API
    phone_number_id: "1062..."               # Meta's id, not the phone number
    app_id: "4410..."                        # only for handles
    access_token_file: /run/secrets/acme-meta   # or access_token_env: ACME_META_TOKEN
  acme-old:
    provider: onprem
    base_url: https://waba.360dialog.io      # may be left out
    api_key_file: /run/secrets/acme-old      # or api_key_env: ACME_OLD_API_KEY
` + "```" + `

- A name has 1 to 63 characters a to z, 0 to 9, - and _, and begins with a letter or a digit.
- A key is in a file or in a variable of the environment, never in this file. A relative path of a
  key's file counts from the folder of the channels file; a newline at the key's end does not count.
- The channels file and the files of keys are read again every 5 s, each channel by itself: one that had
  stopped for a wrong key goes on with the new one. A channel whose new settings cannot be used keeps its
  earlier ones; the log says why, and ` + "`/readyz`" + ` that it is so. A channel that is new, or is there no
  longer, needs a restart: both say so.
- Handles, for template headers and profile pictures, come from ` + "`dialog360`" + `, and from ` + "`cloudapi`" + ` where
  ` + "`app_id`" + ` is set. ` + "`onprem`" + ` has none. What each provider takes and keeps is in [providers.md](providers.md).
- ` + "`base_url`" + ` is https; http is taken for this machine itself only.

Without a channels file there is one channel, ` + "`demo`" + `, on the built-in sandbox, which sends nothing to
WhatsApp. The secret that signs its tokens is made once and kept in the data dir, as ` + "`sandbox-secret`" + `.
`
