package auth

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Sign returns a token that a Verifier with the same config accepts until
// claims.ExpiresAt, in whole seconds.
func Sign(c Config, claims Claims) (string, error) {
	if err := errors.Join(c.validate(), c.validateSecret()); err != nil {
		return "", err
	}
	wire := wireFrom(c, claims)
	if _, err := wire.claims(); err != nil {
		return "", fmt.Errorf("auth: sign: %w", err)
	}
	if !claims.ExpiresAt.After(time.Now()) {
		return "", errors.New("auth: sign: the token is expired already")
	}
	return jwt.NewWithClaims(jwt.SigningMethodHS256, wire).SignedString(c.Secret)
}

func wireFrom(c Config, claims Claims) *wireClaims {
	wire := &wireClaims{
		Issuer:   c.Issuer,
		Audience: jwt.ClaimStrings{c.Audience},
		Subject:  claims.Subject,
		Expires:  inSeconds(claims.ExpiresAt),
		IssuedAt: inSeconds(time.Now()),
		Channel:  claims.Channel,
		Scope:    strings.Join(claims.Scopes, " "),
		Kinds:    wordsOf(claims.Kinds),
		Purposes: wordsOf(claims.Purposes),
	}
	if claims.MaxBytes != 0 {
		wire.MaxBytes = &claims.MaxBytes
	}
	return wire
}

// wordsOf returns nil for an empty list: the claim is omitted, since an empty list in a
// token is invalid.
func wordsOf[T ~string](list []T) *words {
	if len(list) == 0 {
		return nil
	}
	w := make(words, len(list))
	for i, item := range list {
		w[i] = string(item)
	}
	return &w
}
