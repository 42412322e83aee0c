package provider

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// Secret is an API key, or a link with a signature. However it is printed, the result is
// "[redacted]"; Reveal returns the text.
//
// There are two exceptions. fmt does not call the methods of a value in an unexported
// field, so a struct must keep a Secret in an exported field or in a closure. And
// encoding/json writes the keys of a map as they are.
type Secret string

const redacted = "[redacted]"

// Reveal returns the text, for the header or URL that needs it.
func (s Secret) Reveal() string { return string(s) }

func (s Secret) String() string { return redacted }

// GoString implements %#v.
func (s Secret) GoString() string { return redacted }

// Format implements the verbs for which fmt does not call String, such as %d.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON implements json.Marshaler.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// MarshalText implements encoding.TextMarshaler.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// redactor returns a function that replaces the secrets in a text.
func redactor(secrets ...Secret) func(string) string {
	var pairs []string
	for _, s := range secrets {
		if s != "" {
			pairs = append(pairs, s.Reveal(), redacted)
		}
	}
	return strings.NewReplacer(pairs...).Replace
}
