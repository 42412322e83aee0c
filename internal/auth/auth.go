// Package auth turns a bearer token into claims: who asks, for which channel,
// and what they may do.
//
// It leaves to others: reading the token from a request and answering with a
// problem (httpapi), and comparing claims with the owner of a thing (intake,
// httpapi). Algorithms come from the configured key, never from the token.
package auth

import (
	"context"
	"errors"
	"slices"
	"time"

	"mediarelay/internal/media"
)

// Scope is one word of a token's scope claim.
type Scope string

// The scopes.
const (
	ScopeUpload       Scope = "upload"
	ScopeAssetsRead   Scope = "assets:read"
	ScopeAssetsWrite  Scope = "assets:write"
	ScopeMessagesSend Scope = "messages:send"
)

// Scopes lists every scope.
func Scopes() []Scope {
	return []Scope{ScopeUpload, ScopeAssetsRead, ScopeAssetsWrite, ScopeMessagesSend}
}

// Claims are what a valid token says.
type Claims struct {
	// Subject is who asks, as the token's issuer calls them.
	Subject string
	// Channel is the one channel that the token is for.
	Channel string
	Scopes  []string
	// MaxBytes is the largest upload that the token allows; 0 does not narrow.
	MaxBytes int64
	// Kinds and Purposes that the token allows; empty does not narrow.
	Kinds    []media.Kind
	Purposes []media.Purpose
	// ExpiresAt is the token's own end, without leeway.
	ExpiresAt time.Time
}

// Allows reports whether the token carries the scope.
func (c Claims) Allows(scope Scope) bool { return slices.Contains(c.Scopes, string(scope)) }

// The errors that callers tell apart. None of them holds any part of the token.
var (
	// ErrInvalid: the token is not one of ours; the wrapped text says why.
	ErrInvalid = errors.New("auth: the token is not valid")
	// ErrExpired: the token was good until its exp.
	ErrExpired = errors.New("auth: the token has expired")
	// ErrUnknownChannel: the token is good and names a channel that is not here.
	ErrUnknownChannel = errors.New("auth: the token's channel is not known")
)

type contextKey struct{}

// NewContext carries claims with a request.
func NewContext(ctx context.Context, claims Claims) context.Context {
	return context.WithValue(ctx, contextKey{}, claims)
}

// FromContext gives the claims of the request; ok is false where no token was asked for.
func FromContext(ctx context.Context) (claims Claims, ok bool) {
	claims, ok = ctx.Value(contextKey{}).(Claims)
	return claims, ok
}
