package intake

import (
	"fmt"
	"slices"

	"mediarelay/internal/auth"
	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/problem"
)

// checkLimits rejects a chunk for an upload that the token could not have created. The
// token may be another one than at the creation.
func checkLimits(u library.Upload, claims auth.Claims) error {
	if claims.MaxBytes > 0 && u.Length > claims.MaxBytes {
		return problem.Forbidden(fmt.Sprintf("The upload has %d bytes, but the token's max_bytes claim allows %d. Send a token that allows the upload.",
			u.Length, claims.MaxBytes))
	}
	// Without a kind of its own, the upload may become any kind that its creation allowed.
	if u.Kind == "" && len(claims.Kinds) > 0 && !subset(u.Kinds, claims.Kinds) {
		return kindsProblem(claims.Kinds)
	}
	return checkUse(u, claims)
}

// checkUse rejects an upload of a kind or for a purpose that the token does not allow.
func checkUse(u library.Upload, claims auth.Claims) error {
	if u.Kind != "" && len(claims.Kinds) > 0 && !slices.Contains(claims.Kinds, u.Kind) {
		return kindsProblem(claims.Kinds)
	}
	if len(claims.Purposes) > 0 && !subset(u.Purposes, claims.Purposes) {
		return problem.Forbidden(fmt.Sprintf("The token's purposes claim allows only %v.", claims.Purposes))
	}
	return nil
}

func kindsProblem(allowed []media.Kind) error {
	return problem.Forbidden(fmt.Sprintf("The token's kinds claim allows only %v.", allowed))
}

// subset reports whether list is not empty and each of its items is allowed.
func subset[T comparable](list, allowed []T) bool {
	return len(list) > 0 && !slices.ContainsFunc(list, func(item T) bool { return !slices.Contains(allowed, item) })
}
