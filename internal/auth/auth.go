// Package auth verifies bearer tokens and returns their claims: the subject, its
// channel and what it may do. The algorithm comes from the configured key, never from
// the token. Keys are a secret, a key set that is read again while the server runs, or
// both.
//
// It leaves to others: reading the token from a request, checking its scope and
// writing the error (httpapi), and comparing its channel and subject with those of an
// upload or an asset (intake, httpapi).
package auth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"mediarelay/internal/media"
)

// Scope is one entry of a token's scope claim.
type Scope string

// The scopes.
const (
	ScopeUpload       Scope = "upload"
	ScopeAssetsRead   Scope = "assets:read"
	ScopeAssetsWrite  Scope = "assets:write"
	ScopeMessagesSend Scope = "messages:send"
	// ScopeUploadsAny is for support staff: the uploads of every subject of the channel.
	ScopeUploadsAny Scope = "uploads:any"
)

// Scopes lists every scope.
func Scopes() []Scope {
	return []Scope{ScopeUpload, ScopeAssetsRead, ScopeAssetsWrite, ScopeMessagesSend, ScopeUploadsAny}
}

// Claims are the claims of a valid token.
type Claims struct {
	// Subject identifies the person or program, in the terms of the token's issuer.
	Subject string
	// Channel is the one channel that the token is valid for.
	Channel string
	Scopes  []string
	// MaxBytes is the maximum size of an upload; 0 means no limit.
	MaxBytes int64
	// Kinds and Purposes that the token allows; empty means all.
	Kinds    []media.Kind
	Purposes []media.Purpose
	// ExpiresAt is exp, without leeway.
	ExpiresAt time.Time
}

// Allows reports whether the token has the scope.
func (c Claims) Allows(scope Scope) bool { return slices.Contains(c.Scopes, string(scope)) }

// The errors of Verify. None of them contains any part of the token.
var (
	// ErrInvalid: the token is not valid. The wrapping error says why.
	ErrInvalid = errors.New("auth: the token is not valid")
	// ErrExpired: the token was valid until its exp.
	ErrExpired = errors.New("auth: the token has expired")
	// ErrUnknownChannel: the token is valid, but its channel is not configured.
	ErrUnknownChannel = errors.New("auth: the token's channel is unknown")
	// ErrUnavailable: the token may be valid, but the key set cannot be read.
	ErrUnavailable = errors.New("auth: the key set is not available")
)

// InvalidError is an ErrInvalid that says what is wrong.
type InvalidError struct {
	// Claim is the name of the claim that is wrong; empty for another part of the token.
	Claim string
	// Detail is a sentence for the issuer of the token: which part is wrong, how, and
	// what to do. It contains no part of the token.
	Detail string
}

func (e *InvalidError) Error() string { return ErrInvalid.Error() + ": " + e.Detail }

// Is makes every InvalidError an ErrInvalid.
func (e *InvalidError) Is(target error) bool { return target == ErrInvalid }

func invalid(claim, format string, args ...any) error {
	return &InvalidError{Claim: claim, Detail: fmt.Sprintf(format, args...)}
}

type contextKey struct{}

// NewContext returns a context with claims.
func NewContext(ctx context.Context, claims Claims) context.Context {
	return context.WithValue(ctx, contextKey{}, claims)
}

// FromContext returns the claims of a request; ok is false if no token was verified.
func FromContext(ctx context.Context) (claims Claims, ok bool) {
	claims, ok = ctx.Value(contextKey{}).(Claims)
	return claims, ok
}
