package auth

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"mediarelay/internal/media"
)

// maxSubjectBytes bounds who: it is kept with every upload and asset.
const maxSubjectBytes = 255

// wireClaims are the claims as a token carries them.
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

var _ jwt.Claims = (*wireClaims)(nil)

func (w *wireClaims) GetExpirationTime() (*jwt.NumericDate, error) { return w.Expires.date(), nil }
func (w *wireClaims) GetIssuedAt() (*jwt.NumericDate, error)       { return w.IssuedAt.date(), nil }
func (w *wireClaims) GetNotBefore() (*jwt.NumericDate, error)      { return w.NotBefore.date(), nil }
func (w *wireClaims) GetIssuer() (string, error)                   { return w.Issuer, nil }
func (w *wireClaims) GetSubject() (string, error)                  { return w.Subject, nil }
func (w *wireClaims) GetAudience() (jwt.ClaimStrings, error)       { return w.Audience, nil }

// claims reads our own claims. A claim that narrows and is not understood refuses
// the token: passing over it would widen what the token may do.
func (w *wireClaims) claims() (Claims, error) {
	c := Claims{
		Subject:   w.Subject,
		Channel:   w.Channel,
		Scopes:    strings.Fields(w.Scope),
		ExpiresAt: w.Expires.date().Time,
	}
	if c.Subject == "" || len(c.Subject) > maxSubjectBytes {
		return Claims{}, invalid("its sub is missing or longer than %d bytes", maxSubjectBytes)
	}
	if c.Channel == "" {
		return Claims{}, invalid("its channel is missing")
	}
	return c, w.narrow(&c)
}

func (w *wireClaims) narrow(c *Claims) error {
	if w.MaxBytes != nil {
		c.MaxBytes = *w.MaxBytes
		if c.MaxBytes <= 0 {
			return invalid("its max_bytes is not a number above 0")
		}
	}
	var bad string
	if w.Kinds != nil {
		if c.Kinds, bad = media.ParseKinds(w.Kinds.joined()); bad != "" || len(c.Kinds) == 0 {
			return invalid("its kinds are empty or not known")
		}
	}
	if w.Purposes != nil {
		if c.Purposes, bad = media.ParsePurposes(w.Purposes.joined()); bad != "" || w.Purposes.joined() == "" {
			return invalid("its purposes are empty or not known")
		}
	}
	return nil
}

// seconds is a NumericDate that is a JSON number and nothing else; golang-jwt's
// own takes a number in a string as well, and any magnitude.
//
// Source: RFC 7519, section 2, NumericDate.
type seconds float64

// lastSecond is the end of the year 9999, the last that RFC 3339 can write.
const lastSecond = 253402300799

func (s *seconds) UnmarshalJSON(raw []byte) error {
	var number float64
	if err := json.Unmarshal(raw, &number); err != nil {
		return err
	}
	if math.Abs(number) > lastSecond {
		return errors.New("a date beyond the year 9999")
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

// words is a list: an array of strings, or one string with spaces or commas.
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
