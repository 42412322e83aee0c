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

// MaxTokenBytes bounds a token: the claims are parsed before the signature is
// checked, so a stranger decides how much work that is.
const MaxTokenBytes = 8 << 10

// Leeway forgives clocks that differ.
const Leeway = 30 * time.Second

// Config says which tokens are good.
type Config struct {
	// Secret is the HS256 key, at least MinSecretBytes long.
	Secret []byte
	// Issuer must equal iss; empty does not ask for one.
	Issuer string
	// Audience must be in aud.
	Audience string
	// Channels that this server has.
	Channels []string
}

// Verifier checks tokens. It is safe for concurrent use.
type Verifier struct {
	parser   *jwt.Parser
	key      jwt.Keyfunc
	channels []string
}

// NewVerifier makes a verifier; an error says which part of the config is wrong.
func NewVerifier(c Config) (*Verifier, error) {
	if err := c.validate(); err != nil {
		return nil, err
	}
	// golang-jwt's own defaults accept a token without exp, every HMAC size, and
	// base64 with stray bits: each option below closes one of them.
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

// Verify checks a token as it came, without "Bearer ". The errors are ErrInvalid,
// ErrExpired and ErrUnknownChannel, wrapped.
func (v *Verifier) Verify(token string) (Claims, error) {
	if err := checkForm(token); err != nil {
		return Claims{}, err
	}
	var wire wireClaims
	if _, err := v.parser.ParseWithClaims(token, &wire, v.key); err != nil {
		return Claims{}, refusal(err)
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
		errs = append(errs, fmt.Errorf("auth: the secret has %d bytes, at least %d are needed", len(c.Secret), MinSecretBytes))
	}
	if c.Audience == "" {
		errs = append(errs, errors.New("auth: no audience"))
	}
	return errors.Join(errs...)
}

// secretKey gives the one key, to a token that does not demand what we do not know.
//
// Source: RFC 7515, section 4.1.11: a token whose crit is not understood must be refused.
func secretKey(secret []byte) jwt.Keyfunc {
	secret = slices.Clone(secret)
	return func(token *jwt.Token) (any, error) {
		if _, critical := token.Header["crit"]; critical {
			return nil, errors.New("the header has crit")
		}
		return secret, nil
	}
}

// checkForm refuses what base64 decoders pass over, such as a newline at the end:
// one token, one text.
func checkForm(token string) error {
	switch {
	case len(token) > MaxTokenBytes:
		return invalid("it is longer than %d bytes", MaxTokenBytes)
	case strings.Count(token, ".") != 2:
		return invalid("it does not have three parts")
	case strings.ContainsFunc(token, notTokenCharacter):
		return invalid("it holds a character that no token has")
	}
	return nil
}

func notTokenCharacter(r rune) bool {
	isLetter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	isDigit := '0' <= r && r <= '9'
	return !isLetter && !isDigit && r != '-' && r != '_' && r != '.'
}

// refusal hides the library's text where it could repeat a part of the token.
func refusal(err error) error {
	switch {
	case errors.Is(err, jwt.ErrTokenSignatureInvalid):
		return invalid("its algorithm or its signature is wrong")
	case errors.Is(err, jwt.ErrTokenMalformed), errors.Is(err, jwt.ErrTokenUnverifiable):
		return invalid("it cannot be read")
	case errors.Is(err, jwt.ErrTokenInvalidAudience):
		return invalid("its aud is not ours")
	case errors.Is(err, jwt.ErrTokenInvalidIssuer):
		return invalid("its iss is not the configured one")
	case errors.Is(err, jwt.ErrTokenRequiredClaimMissing):
		return invalid("exp, aud or iss is missing")
	case errors.Is(err, jwt.ErrTokenNotValidYet):
		return invalid("its nbf lies in the future")
	case errors.Is(err, jwt.ErrTokenExpired):
		return ErrExpired
	}
	return invalid("its claims do not hold")
}

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrInvalid}, args...)...)
}
