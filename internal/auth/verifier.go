package auth

import (
	"context"
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

// MaxTokenBytes is the maximum length of a token. The token is decoded before the
// signature is checked, so the length bounds the work for a forged token.
const MaxTokenBytes = 8 << 10

// Leeway is the accepted difference between the clocks of issuer and server.
const Leeway = 30 * time.Second

// Config defines which tokens are valid. It has a secret, a key set, or both.
type Config struct {
	// Secret is the HS256 key, at least MinSecretBytes long; empty if only keys of the
	// key set sign.
	Secret []byte
	// KeySetFile or KeySetURL is where the key set is read, a JWK Set with public keys for
	// RS256, ES256 and EdDSA. Both empty means none.
	KeySetFile string
	KeySetURL  string
	// Issuer must equal iss; empty means that iss is not checked.
	Issuer string
	// Audience must be in aud.
	Audience string
	// Channels are the configured channels.
	Channels []string
}

func (c Config) hasKeySet() bool { return c.KeySetFile != "" || c.KeySetURL != "" }

// Verifier checks tokens. It is safe for concurrent use.
type Verifier struct {
	config  Config
	keys    *keyRing // nil without a key set
	parser  *jwt.Parser
	claims  *jwt.Validator
	methods []string
}

// NewVerifier returns a verifier. The error says which part of the config is invalid. A
// key set's file must be readable; a URL may still be down, see Ready.
func NewVerifier(c Config) (*Verifier, error) {
	if err := c.validate(); err != nil {
		return nil, err
	}
	c.Secret, c.Channels = slices.Clone(c.Secret), slices.Clone(c.Channels)
	v := &Verifier{config: c}
	if len(c.Secret) > 0 {
		v.methods = append(v.methods, jwt.SigningMethodHS256.Alg())
	}
	if c.hasKeySet() {
		v.keys = newKeyRing(c)
		v.methods = append(v.methods, keySetMethods...)
		if err := v.keys.read(context.Background()); err != nil && c.KeySetFile != "" {
			return nil, err
		}
	}
	// The defaults of golang-jwt accept a token without exp, any HMAC size, and base64
	// with stray bits. The options reject them. The claims are validated after the
	// signature, by a validator of their own.
	v.parser = jwt.NewParser(jwt.WithValidMethods(v.methods), jwt.WithStrictDecoding(), jwt.WithoutClaimsValidation())
	options := []jwt.ParserOption{jwt.WithExpirationRequired(), jwt.WithAudience(c.Audience), jwt.WithLeeway(Leeway)}
	if c.Issuer != "" {
		options = append(options, jwt.WithIssuer(c.Issuer))
	}
	v.claims = jwt.NewValidator(options...)
	return v, nil
}

// Run reads the key set again from time to time until ctx is done.
func (v *Verifier) Run(ctx context.Context) {
	if v.keys != nil {
		v.keys.run(ctx)
	}
}

// Ready returns an error as long as no token can be verified, because the key set has
// never been read and there is no secret.
func (v *Verifier) Ready(context.Context) error {
	if v.keys == nil || len(v.config.Secret) > 0 || v.keys.loaded() {
		return nil
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, v.keys.failure())
}

// KeySetError returns why the key set could not be read the last time; nil if it could.
// Tokens are then verified with the keys that were read before.
func (v *Verifier) KeySetError() error {
	if v.keys == nil {
		return nil
	}
	return v.keys.failure()
}

// Verify checks a token, without "Bearer ". Its errors wrap ErrInvalid, ErrExpired,
// ErrUnknownChannel or ErrUnavailable.
func (v *Verifier) Verify(token string) (Claims, error) {
	if err := checkForm(token); err != nil {
		return Claims{}, err
	}
	var signed payload
	if parsed, err := v.parser.ParseWithClaims(token, &signed, v.keyOf); err != nil {
		return Claims{}, v.signatureError(parsed, err)
	}
	wire, err := decodeClaims(&signed)
	if err != nil {
		return Claims{}, err
	}
	if err := v.claims.Validate(wire); err != nil {
		return Claims{}, v.claimError(wire, err)
	}
	claims, err := wire.claims()
	if err != nil {
		return Claims{}, err
	}
	if !slices.Contains(v.config.Channels, claims.Channel) {
		return Claims{}, ErrUnknownChannel
	}
	return claims, nil
}

func (c Config) validate() error {
	var errs []error
	if len(c.Secret) > 0 || !c.hasKeySet() {
		errs = append(errs, c.validateSecret())
	}
	if c.Audience == "" {
		errs = append(errs, errors.New("auth: the audience is empty"))
	}
	return errors.Join(errs...)
}

func (c Config) validateSecret() error {
	if len(c.Secret) < MinSecretBytes {
		return fmt.Errorf("auth: the secret has %d bytes, but needs at least %d", len(c.Secret), MinSecretBytes)
	}
	return nil
}

// keyOf returns the key that a token must be signed with. The configuration decides:
// with a key set, a token that has a kid must be signed by that key, with the algorithm
// of the key, and the secret verifies only tokens without a kid.
//
// Source: RFC 7515, section 4.1.11: a token with an unknown crit must be rejected.
func (v *Verifier) keyOf(token *jwt.Token) (any, error) {
	if _, critical := token.Header["crit"]; critical {
		return nil, invalid("", "The token's header has crit, and this server supports no extensions. Sign without crit.")
	}
	if v.keys == nil {
		return v.config.Secret, nil
	}
	kid, named := token.Header["kid"]
	if !named && len(v.config.Secret) > 0 && token.Method.Alg() == jwt.SigningMethodHS256.Alg() {
		return v.config.Secret, nil
	}
	id, _ := kid.(string)
	if id == "" {
		return nil, invalid("", "The token's header has no kid. Name the key of the key set that signs the token.")
	}
	key, err := v.keys.key(id)
	if err != nil {
		return nil, err
	}
	if key.method != token.Method.Alg() {
		return nil, invalid("", "The token's header has another alg than the key that its kid names. Sign with %s.", key.method)
	}
	return key.public, nil
}

// checkForm rejects characters that base64 decoders skip, such as a newline at the end,
// so that a token has only one spelling.
func checkForm(token string) error {
	switch {
	case len(token) > MaxTokenBytes:
		return invalid("", "The token is longer than %d bytes.", MaxTokenBytes)
	case strings.Count(token, ".") != 2 || strings.ContainsFunc(token, notTokenCharacter):
		return notAToken
	}
	return nil
}

var notAToken = invalid("", "The token is not a signed JWT: three parts in base64url without padding, separated by dots. Send all of it, without spaces or line breaks.")

func notTokenCharacter(r rune) bool {
	isLetter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	isDigit := '0' <= r && r <= '9'
	return !isLetter && !isDigit && r != '-' && r != '_' && r != '.'
}

// signatureError replaces the text of golang-jwt's error, which may contain parts of
// the token.
func (v *Verifier) signatureError(token *jwt.Token, err error) error {
	var ours *InvalidError
	switch {
	case errors.As(err, &ours):
		return ours
	case errors.Is(err, ErrUnavailable):
		return fmt.Errorf("%w: %w", ErrUnavailable, v.KeySetError())
	case token == nil || token.Header == nil:
		return notAToken
	case !v.isMethod(token.Header["alg"]):
		return invalid("", "The token's header has an alg that this server does not accept. Sign with %s.", strings.Join(v.methods, ", "))
	case errors.Is(err, jwt.ErrTokenSignatureInvalid):
		return invalid("", "The token's signature does not match its content and this server's key. Sign with the secret or private key that belongs to this server's settings.")
	}
	return notAToken
}

func (v *Verifier) isMethod(alg any) bool {
	name, _ := alg.(string)
	return slices.Contains(v.methods, name)
}

// claimError says which of the claims of RFC 7519 is wrong.
func (v *Verifier) claimError(wire *wireClaims, err error) error {
	switch {
	case wire.Expires == nil:
		return invalid("exp", "The token's exp claim is missing. Sign the time at which the token expires, in seconds since 1970.")
	case errors.Is(err, jwt.ErrTokenInvalidAudience), len(wire.Audience) == 0:
		return invalid("aud", "The token's aud claim does not contain this server's audience, %q.", v.config.Audience)
	case errors.Is(err, jwt.ErrTokenInvalidIssuer), v.config.Issuer != "" && wire.Issuer == "":
		return invalid("iss", "The token's iss claim is not this server's issuer, %q.", v.config.Issuer)
	case errors.Is(err, jwt.ErrTokenNotValidYet):
		return invalid("nbf", "The token's nbf claim is in the future. Wait until then, or set the issuer's clock.")
	case errors.Is(err, jwt.ErrTokenExpired):
		return ErrExpired
	}
	return invalid("", "The token's claims are not valid.")
}
