package auth

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"

	"mediarelay/internal/media"
)

// maxSubjectBytes is the maximum length of sub, which is stored with every upload and
// asset.
const maxSubjectBytes = 255

// claimForms says what the value of each claim must be.
var claimForms = map[string]string{
	"iss":       "a string",
	"aud":       "a string or an array of strings",
	"sub":       "a string",
	"exp":       "a number: seconds since 1970, before the year 10000",
	"nbf":       "a number: seconds since 1970, before the year 10000",
	"iat":       "a number: seconds since 1970, before the year 10000",
	"channel":   "a string with the name of one channel",
	"scope":     "a string with scopes separated by spaces",
	"max_bytes": "a whole number of bytes above 0",
	"kinds":     "a string or an array of strings",
	"purposes":  "a string or an array of strings",
}

// wireClaims is the JSON of the claims.
type wireClaims struct {
	Issuer    string           `json:"iss,omitempty"`
	Audience  jwt.ClaimStrings `json:"aud,omitempty"`
	Subject   string           `json:"sub,omitempty"`
	Expires   *seconds         `json:"exp,omitempty"`
	NotBefore *seconds         `json:"nbf,omitempty"`
	IssuedAt  *seconds         `json:"iat,omitempty"`
	Channel   string           `json:"channel,omitempty"`
	Scope     string           `json:"scope,omitempty"`
	MaxBytes  *int64           `json:"max_bytes,omitempty"`
	Kinds     *words           `json:"kinds,omitempty"`
	Purposes  *words           `json:"purposes,omitempty"`
}

// fields are the places of the claims by name.
func (w *wireClaims) fields() map[string]any {
	return map[string]any{
		"iss": &w.Issuer, "aud": &w.Audience, "sub": &w.Subject, "exp": &w.Expires, "nbf": &w.NotBefore, "iat": &w.IssuedAt,
		"channel": &w.Channel, "scope": &w.Scope, "max_bytes": &w.MaxBytes, "kinds": &w.Kinds, "purposes": &w.Purposes,
	}
}

// decodeClaims reads the claims of a token whose signature is valid. It ignores claims
// that are not ours. A value of another form makes the token invalid, null included: a
// limit that is ignored would allow more than the issuer meant.
func decodeClaims(p *payload) (*wireClaims, error) {
	members, err := p.members()
	if err != nil {
		return nil, err
	}
	w := new(wireClaims)
	for name, field := range w.fields() {
		value, ok := members[name]
		if !ok {
			continue
		}
		if string(value) == "null" || json.Unmarshal(value, field) != nil {
			return nil, invalid(name, "The token's %s claim is not %s.", name, claimForms[name])
		}
	}
	return w, nil
}

var _ jwt.Claims = (*wireClaims)(nil)

func (w *wireClaims) GetExpirationTime() (*jwt.NumericDate, error) { return w.Expires.date(), nil }
func (w *wireClaims) GetIssuedAt() (*jwt.NumericDate, error)       { return w.IssuedAt.date(), nil }
func (w *wireClaims) GetNotBefore() (*jwt.NumericDate, error)      { return w.NotBefore.date(), nil }
func (w *wireClaims) GetIssuer() (string, error)                   { return w.Issuer, nil }
func (w *wireClaims) GetSubject() (string, error)                  { return w.Subject, nil }
func (w *wireClaims) GetAudience() (jwt.ClaimStrings, error)       { return w.Audience, nil }

// unchecked implements jwt.Claims for claims that golang-jwt must not validate.
type unchecked struct{ raw []byte }

var _ jwt.Claims = (*payload)(nil)

func (unchecked) GetExpirationTime() (*jwt.NumericDate, error) { return nil, nil }
func (unchecked) GetIssuedAt() (*jwt.NumericDate, error)       { return nil, nil }
func (unchecked) GetNotBefore() (*jwt.NumericDate, error)      { return nil, nil }
func (unchecked) GetIssuer() (string, error)                   { return "", nil }
func (unchecked) GetSubject() (string, error)                  { return "", nil }
func (unchecked) GetAudience() (jwt.ClaimStrings, error)       { return nil, nil }

// claims validates our own claims.
func (w *wireClaims) claims() (Claims, error) {
	c := Claims{
		Subject:   w.Subject,
		Channel:   w.Channel,
		Scopes:    strings.Fields(w.Scope),
		ExpiresAt: w.Expires.date().Time,
	}
	switch {
	case c.Subject == "":
		return Claims{}, invalid("sub", "The token's sub claim is missing. Name the person or program that the token is for.")
	case len(c.Subject) > maxSubjectBytes || strings.ContainsFunc(c.Subject, notSubjectCharacter):
		return Claims{}, invalid("sub", "The token's sub claim is not text of 1 to %d bytes without control characters.", maxSubjectBytes)
	case c.Channel == "":
		return Claims{}, invalid("channel", "The token's channel claim is missing. Name a channel of this server; the claim's name is in lower case.")
	}
	return c, w.limits(&c)
}

// notSubjectCharacter finds what a subject must not contain. The replacement character
// stands for text that was not Unicode: two such subjects could become one.
func notSubjectCharacter(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError }

func (w *wireClaims) limits(c *Claims) error {
	if w.MaxBytes != nil {
		c.MaxBytes = *w.MaxBytes
		if c.MaxBytes <= 0 {
			return invalid("max_bytes", "The token's max_bytes claim is not %s.", claimForms["max_bytes"])
		}
	}
	var bad string
	if w.Kinds != nil {
		if c.Kinds, bad = media.ParseKinds(w.Kinds.joined()); bad != "" || len(c.Kinds) == 0 {
			return invalid("kinds", "The token's kinds claim is empty or has an unknown kind. The kinds are %v.", media.Kinds())
		}
	}
	if w.Purposes != nil {
		if c.Purposes, bad = media.ParsePurposes(w.Purposes.joined()); bad != "" || w.Purposes.joined() == "" {
			return invalid("purposes", "The token's purposes claim is empty or has an unknown purpose. The purposes are %v.", media.Purposes())
		}
	}
	return nil
}

// seconds is a NumericDate that must be a JSON number. golang-jwt's type also accepts a
// number in a string, and any magnitude.
//
// Source: RFC 7519, section 2, NumericDate.
type seconds float64

// maxSeconds is the end of the year 9999, the last that RFC 3339 can express.
const maxSeconds = 253402300799

func (s *seconds) UnmarshalJSON(raw []byte) error {
	var number float64
	if err := json.Unmarshal(raw, &number); err != nil {
		return err
	}
	if math.Abs(number) > maxSeconds {
		return errors.New("the date is after the year 9999")
	}
	*s = seconds(number)
	return nil
}

func (s *seconds) date() *jwt.NumericDate {
	if s == nil {
		return nil
	}
	return jwt.NewNumericDate(time.Unix(int64(*s), 0))
}

func inSeconds(t time.Time) *seconds {
	s := seconds(t.Unix())
	return &s
}

// words is a list, either an array of strings or one string separated by spaces or
// commas.
type words []string

func (w *words) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		*w = words{one}
		return nil
	}
	var many []string
	if err := json.Unmarshal(raw, &many); err != nil {
		return err
	}
	*w = many
	return nil
}

func (w *words) joined() string { return strings.TrimSpace(strings.Join(*w, " ")) }
