package httpapi

import (
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"mediarelay/internal/auth"
	"mediarelay/internal/library"
	"mediarelay/internal/problem"
)

// requireScope rejects a request unless its token is valid and has one of the scopes,
// and puts the claims into the request's context. A token in the query is ignored,
// since URLs are logged.
func requireScope(v Verifier, logger *slog.Logger, scopes ...auth.Scope) gin.HandlerFunc {
	return func(c *gin.Context) {
		token, ok := bearer(c.Request.Header)
		if !ok {
			refuse(c, problem.Unauthorized("Send the header Authorization: Bearer TOKEN."))
			return
		}
		claims, err := v.Verify(token)
		if err != nil {
			logger.InfoContext(c.Request.Context(), "token rejected", "route", routeOf(c), "reason", err.Error())
			refuse(c, tokenProblem(err))
			return
		}
		if !slices.ContainsFunc(scopes, claims.Allows) {
			refuse(c, problem.ForbiddenScope(string(scopes[0])))
			return
		}
		c.Request = c.Request.WithContext(auth.NewContext(c.Request.Context(), claims))
	}
}

// requireUploadScope requires a scope that gives access to uploads.
func requireUploadScope(c Config) gin.HandlerFunc {
	return requireScope(c.Verifier, c.Logger, auth.ScopeUpload, auth.ScopeUploadsAny)
}

// requireScopeToCreate rejects a creation by a token that only gives access to existing
// uploads.
func requireScopeToCreate(c *gin.Context) {
	creates := c.Request.Method == http.MethodPost && strings.Trim(c.Request.URL.Path, "/") == "files"
	if creates && !claimsOf(c).Allows(auth.ScopeUpload) {
		refuse(c, problem.ForbiddenScope(string(auth.ScopeUpload)))
	}
}

// exceptOptions skips next for OPTIONS: a browser sends no token with a preflight.
func exceptOptions(next gin.HandlerFunc) gin.HandlerFunc {
	return func(c *gin.Context) {
		if c.Request.Method != http.MethodOptions {
			next(c)
		}
	}
}

// bearer returns the token of the Authorization header. The scheme is not
// case-sensitive.
//
// Source: RFC 9110, section 11.1; RFC 6750, section 2.1.
func bearer(h http.Header) (token string, ok bool) {
	scheme, token, ok := strings.Cut(h.Get("Authorization"), " ")
	return token, ok && strings.EqualFold(scheme, "Bearer")
}

// tokenProblem says what is wrong with a token. A claim is named only if the token's
// signature is valid.
func tokenProblem(err error) problem.Problem {
	switch {
	case errors.Is(err, auth.ErrExpired):
		return problem.TokenExpired()
	case errors.Is(err, auth.ErrUnknownChannel):
		return problem.UnknownChannel()
	case errors.Is(err, auth.ErrUnavailable):
		return problem.Unavailable()
	}
	var invalid *auth.InvalidError
	if errors.As(err, &invalid) {
		return problem.Unauthorized(invalid.Detail)
	}
	return problem.Unauthorized("The token is not valid.")
}

// callerOf returns on whose behalf a request acts.
func callerOf(c *gin.Context) library.Caller {
	claims := claimsOf(c)
	return library.Caller{Channel: claims.Channel, Subject: claims.Subject, AnySubject: claims.Allows(auth.ScopeUploadsAny)}
}

// claimsOf returns the claims that requireScope put into the context.
func claimsOf(c *gin.Context) auth.Claims {
	claims, ok := auth.FromContext(c.Request.Context())
	if !ok {
		panic("httpapi: internal error: claimsOf on a route without requireScope")
	}
	return claims
}
