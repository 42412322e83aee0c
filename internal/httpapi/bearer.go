package httpapi

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"mediarelay/internal/auth"
	"mediarelay/internal/problem"
)

// requireScope lets a request pass whose token carries the scope, and hands its
// claims on in the request's context. A token in the query is not looked for:
// it would stand in logs.
func requireScope(v Verifier, logger *slog.Logger, scope auth.Scope) gin.HandlerFunc {
	return func(c *gin.Context) {
		token, ok := bearer(c.Request.Header)
		if !ok {
			refuse(c, problem.Unauthorized("Send a token in the header Authorization, as Bearer TOKEN."))
			return
		}
		claims, err := v.Verify(token)
		if err != nil {
			logger.InfoContext(c.Request.Context(), "token refused", "route", routeOf(c), "reason", err.Error())
			refuse(c, tokenProblem(err))
			return
		}
		if !claims.Allows(scope) {
			refuse(c, problem.ForbiddenScope(string(scope)))
			return
		}
		c.Request = c.Request.WithContext(auth.NewContext(c.Request.Context(), claims))
	}
}

// exceptOptions lets OPTIONS pass: a browser's preflight cannot carry a token.
func exceptOptions(next gin.HandlerFunc) gin.HandlerFunc {
	return func(c *gin.Context) {
		if c.Request.Method != http.MethodOptions {
			next(c)
		}
	}
}

// bearer reads the token; the scheme's name is read without regard to case.
//
// Source: RFC 9110, section 11.1; RFC 6750, section 2.1.
func bearer(h http.Header) (token string, ok bool) {
	scheme, token, ok := strings.Cut(h.Get("Authorization"), " ")
	return token, ok && strings.EqualFold(scheme, "Bearer")
}

// tokenProblem tells apart only what a client can act on; why a token is not
// valid is in the log.
func tokenProblem(err error) problem.Problem {
	switch {
	case errors.Is(err, auth.ErrExpired):
		return problem.TokenExpired()
	case errors.Is(err, auth.ErrUnknownChannel):
		return problem.UnknownChannel()
	}
	return problem.Unauthorized("The token is not valid here. The server's log says why.")
}

// claimsOf gives the claims behind requireScope.
func claimsOf(c *gin.Context) auth.Claims {
	claims, ok := auth.FromContext(c.Request.Context())
	if !ok {
		panic("httpapi: internal error: a route without requireScope asks for claims")
	}
	return claims
}
