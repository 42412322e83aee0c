package provider

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// Secret is a text that authorises whoever holds it: an API key, or a link with
// a signature. Every way of printing it gives "[redacted]"; Reveal gives the text.
//
// Two places are out of its reach. fmt does not ask the methods of a value in an
// unexported field, so a struct keeps a Secret in an exported field or in a
// closure; and encoding/json writes a map's keys as they are.
type Secret string

const redacted = "[redacted]"

// Reveal is the text itself, for the one header or URL that needs it.
func (s Secret) Reveal() string { return string(s) }

func (s Secret) String() string { return redacted }

// GoString covers %#v.
func (s Secret) GoString() string { return redacted }

// Format covers the verbs for which fmt does not ask String, such as %d.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue is what log/slog writes.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON is what encoding/json writes.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// MarshalText is what other encoders write.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// redactor takes the given secrets out of a text.
func redactor(secrets ...Secret) func(string) string {
	var pairs []string
	for _, s := range secrets {
		if s != "" {
			pairs = append(pairs, s.Reveal(), redacted)
		}
	}
	return strings.NewReplacer(pairs...).Replace
}
