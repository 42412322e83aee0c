package auth

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// MinSecretBytes is the shortest HS256 secret.
//
// Source: RFC 7518, section 3.2: a key as long as the hash's output, 256 bits.
const MinSecretBytes = 32

// MaxTokenBytes is the maximum length of a token. The claims are parsed before the
// signature is checked, so the length bounds the work for a forged token.
const MaxTokenBytes = 8 << 10

// Leeway is the accepted difference between the clocks of issuer and server.
const Leeway = 30 * time.Second

// Config defines which tokens are valid.
type Config struct {
	// Secret is the HS256 key, at least MinSecretBytes long.
	Secret []byte
	// Issuer must equal iss; empty means that iss is not checked.
	Issuer string
	// Audience must be in aud.
	Audience string
	// Channels are the configured channels.
	Channels []string
}

// Verifier checks tokens. It is safe for concurrent use.
type Verifier struct {
	parser   *jwt.Parser
	key      jwt.Keyfunc
	channels []string
}

// NewVerifier returns a verifier. The error says which part of the config is invalid.
func NewVerifier(c Config) (*Verifier, error) {
	if err := c.validate(); err != nil {
		return nil, err
	}
	// The defaults of golang-jwt accept a token without exp, any HMAC size, and base64
	// with stray bits. The options reject them.
	options := []jwt.ParserOption{
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithExpirationRequired(),
		jwt.WithAudience(c.Audience),
		jwt.WithLeeway(Leeway),
		jwt.WithStrictDecoding(),
	}
	if c.Issuer != "" {
		options = append(options, jwt.WithIssuer(c.Issuer))
	}
	return &Verifier{
		parser:   jwt.NewParser(options...),
		key:      secretKey(c.Secret),
		channels: slices.Clone(c.Channels),
	}, nil
}

// Verify checks a token, without "Bearer ". Its errors wrap ErrInvalid, ErrExpired or
// ErrUnknownChannel.
func (v *Verifier) Verify(token string) (Claims, error) {
	if err := checkForm(token); err != nil {
		return Claims{}, err
	}
	var wire wireClaims
	if _, err := v.parser.ParseWithClaims(token, &wire, v.key); err != nil {
		return Claims{}, tokenError(err)
	}
	claims, err := wire.claims()
	if err != nil {
		return Claims{}, err
	}
	if !slices.Contains(v.channels, claims.Channel) {
		return Claims{}, ErrUnknownChannel
	}
	return claims, nil
}

func (c Config) validate() error {
	var errs []error
	if len(c.Secret) < MinSecretBytes {
		errs = append(errs, fmt.Errorf("auth: the secret has %d bytes, but needs at least %d", len(c.Secret), MinSecretBytes))
	}
	if c.Audience == "" {
		errs = append(errs, errors.New("auth: the audience is empty"))
	}
	return errors.Join(errs...)
}

// secretKey returns the key for every token without crit.
//
// Source: RFC 7515, section 4.1.11: a token with an unknown crit must be rejected.
func secretKey(secret []byte) jwt.Keyfunc {
	secret = slices.Clone(secret)
	return func(token *jwt.Token) (any, error) {
		if _, critical := token.Header["crit"]; critical {
			return nil, errors.New("the header has crit")
		}
		return secret, nil
	}
}

// checkForm rejects characters that base64 decoders skip, such as a newline at the end,
// so that a token has only one spelling.
func checkForm(token string) error {
	switch {
	case len(token) > MaxTokenBytes:
		return invalid("it is longer than %d bytes", MaxTokenBytes)
	case strings.Count(token, ".") != 2:
		return invalid("it does not have three parts")
	case strings.ContainsFunc(token, notTokenCharacter):
		return invalid("it contains a character that is not allowed")
	}
	return nil
}

func notTokenCharacter(r rune) bool {
	isLetter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	isDigit := '0' <= r && r <= '9'
	return !isLetter && !isDigit && r != '-' && r != '_' && r != '.'
}

// tokenError replaces the text of golang-jwt's error, which may contain parts of the
// token.
func tokenError(err error) error {
	switch {
	case errors.Is(err, jwt.ErrTokenSignatureInvalid):
		return invalid("its algorithm or signature is invalid")
	case errors.Is(err, jwt.ErrTokenMalformed), errors.Is(err, jwt.ErrTokenUnverifiable):
		return invalid("it cannot be parsed")
	case errors.Is(err, jwt.ErrTokenInvalidAudience):
		return invalid("its aud does not include this server's audience")
	case errors.Is(err, jwt.ErrTokenInvalidIssuer):
		return invalid("its iss is not the configured issuer")
	case errors.Is(err, jwt.ErrTokenRequiredClaimMissing):
		return invalid("exp, aud or iss is missing")
	case errors.Is(err, jwt.ErrTokenNotValidYet):
		return invalid("its nbf is in the future")
	case errors.Is(err, jwt.ErrTokenExpired):
		return ErrExpired
	}
	return invalid("its claims are invalid")
}

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrInvalid}, args...)...)
}
