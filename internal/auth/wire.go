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

// maxSubjectBytes is the maximum length of sub, which is stored with every upload and
// asset.
const maxSubjectBytes = 255

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

var _ jwt.Claims = (*wireClaims)(nil)

func (w *wireClaims) GetExpirationTime() (*jwt.NumericDate, error) { return w.Expires.date(), nil }
func (w *wireClaims) GetIssuedAt() (*jwt.NumericDate, error)       { return w.IssuedAt.date(), nil }
func (w *wireClaims) GetNotBefore() (*jwt.NumericDate, error)      { return w.NotBefore.date(), nil }
func (w *wireClaims) GetIssuer() (string, error)                   { return w.Issuer, nil }
func (w *wireClaims) GetSubject() (string, error)                  { return w.Subject, nil }
func (w *wireClaims) GetAudience() (jwt.ClaimStrings, error)       { return w.Audience, nil }

// claims validates our own claims. A limit that is not understood makes the token
// invalid: ignoring it would allow more than the issuer meant.
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
	return c, w.limits(&c)
}

func (w *wireClaims) limits(c *Claims) error {
	if w.MaxBytes != nil {
		c.MaxBytes = *w.MaxBytes
		if c.MaxBytes <= 0 {
			return invalid("its max_bytes is not greater than 0")
		}
	}
	var bad string
	if w.Kinds != nil {
		if c.Kinds, bad = media.ParseKinds(w.Kinds.joined()); bad != "" || len(c.Kinds) == 0 {
			return invalid("its kinds are empty or unknown")
		}
	}
	if w.Purposes != nil {
		if c.Purposes, bad = media.ParsePurposes(w.Purposes.joined()); bad != "" || w.Purposes.joined() == "" {
			return invalid("its purposes are empty or unknown")
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
