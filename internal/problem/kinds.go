package problem

import (
	"net/http"
	"strings"

	"mediarelay/internal/media"
	"mediarelay/internal/reason"
)

// BadRequest: detail says what is wrong, in which part of the request, and how to
// fix it.
func BadRequest(detail string) Problem {
	return New(http.StatusBadRequest, reason.ProblemBadRequest, detail)
}

// Unauthorized: the request has no token, or an invalid one.
func Unauthorized(detail string) Problem {
	return New(http.StatusUnauthorized, reason.ProblemUnauthorized, detail)
}

// TokenExpired: the request succeeds with a new token.
func TokenExpired() Problem {
	return New(http.StatusUnauthorized, reason.ProblemTokenExpired,
		"The token's exp claim is in the past. Get a new token and repeat the request.")
}

// ForbiddenScope: the token lacks a scope.
func ForbiddenScope(scope string) Problem {
	return New(http.StatusForbidden, reason.ProblemForbiddenScope,
		"The token's scope claim must include "+scope+".", reason.Text("scope", scope))
}

// Forbidden: the token's limits exclude the request.
func Forbidden(detail string, facts ...reason.Fact) Problem {
	return New(http.StatusForbidden, reason.ProblemForbidden, detail, facts...)
}

// UnknownChannel: the token's channel is not configured here.
func UnknownChannel() Problem {
	return New(http.StatusForbidden, reason.ProblemUnknownChannel,
		"The token's channel claim does not name a channel of this server.")
}

// NoHandles: the channel's provider cannot create the handle that the purpose needs.
// Why is written for operators: what is missing, and where to set it.
func NoHandles(why error) Problem {
	return New(http.StatusUnprocessableEntity, reason.ProblemNoHandles,
		"The purposes template and profile need a handle, but "+why.Error()+". The purpose message does not need one.")
}

// NotFound: it does not exist, or it belongs to another channel. A client cannot
// tell the two apart.
func NotFound() Problem {
	return New(http.StatusNotFound, reason.ProblemNotFound, "")
}

// Gone: the resource existed, and its bytes are no longer kept.
func Gone(detail string) Problem { return New(http.StatusGone, reason.ProblemGone, detail) }

// MethodNotAllowed lists the allowed methods. The caller sets the Allow header,
// which RFC 9110 requires.
func MethodNotAllowed(allowed ...string) Problem {
	detail := ""
	if len(allowed) > 0 {
		detail = "Use one of " + strings.Join(allowed, ", ") + "."
	}
	return New(http.StatusMethodNotAllowed, reason.ProblemMethodNotAllowed, detail)
}

// RequestTimeout: the client stopped sending the request's body.
func RequestTimeout() Problem {
	return New(http.StatusRequestTimeout, reason.ProblemRequestTimeout, "")
}

// Conflict: the resource is not in the required state; detail says which it is in
// and which is required.
func Conflict(detail string) Problem {
	return New(http.StatusConflict, reason.ProblemConflict, detail)
}

// OffsetMismatch: a chunk does not start at the upload's offset.
func OffsetMismatch() Problem {
	return New(http.StatusConflict, reason.ProblemOffsetMismatch,
		"Upload-Offset is not the upload's offset. Send a HEAD request to get it.")
}

// PayloadTooLarge: the file has more than limit bytes.
func PayloadTooLarge(limit int64) Problem {
	return New(http.StatusRequestEntityTooLarge, reason.ProblemPayloadTooLarge, "", reason.Bytes("limit", limit))
}

// TooLargeForToken is PayloadTooLarge with the limit of the request's token.
func TooLargeForToken(limit int64) Problem {
	p := PayloadTooLarge(limit)
	p.Detail = "The limit is the token's max_bytes claim."
	return p
}

// UploadTooLarge is PayloadTooLarge with the limit of the server itself.
func UploadTooLarge() Problem { return PayloadTooLarge(media.MaxUploadBytes) }

// Locked: another request holds the upload. tus-js-client retries after a 423;
// after any other error on HEAD it starts again from byte 0.
//
// Source: tus-js-client 4.3.1, lib/upload.ts, _resumeUpload.
func Locked() Problem {
	return New(http.StatusLocked, reason.ProblemLocked, "")
}

// Internal: an error of the server's own. The cause is in the log only.
func Internal() Problem {
	return New(http.StatusInternalServerError, reason.ProblemInternal, "")
}

// Unavailable: a dependency of the server does not respond; retrying helps.
func Unavailable() Problem {
	return New(http.StatusServiceUnavailable, reason.ProblemUnavailable, "")
}

// storeAwaySeconds is the Retry-After header while the store is unavailable: an operator
// brings it back, and none is faster.
const storeAwaySeconds = 5

// StoreAway: the folder for the bytes of uploads is not there, or is another one.
func StoreAway() Problem {
	p := Unavailable()
	p.Detail = "The server's store for uploads is unavailable, so the request was not acknowledged. Send a HEAD request later and resume from its offset."
	p.RetryAfter = storeAwaySeconds
	return p
}

// OffsetUnknown: the store is unavailable, so nobody knows how many bytes of an upload it
// has. The upload itself has not ended.
func OffsetUnknown() Problem {
	p := StoreAway()
	p.Detail = "The server's store for uploads is unavailable, so the offset of the upload is unknown. Repeat the request later."
	return p
}

// ShuttingDown: this process is stopping; another one takes the request.
func ShuttingDown() Problem {
	return New(http.StatusServiceUnavailable, reason.ProblemShuttingDown, "")
}

// TooManyRequests: the client has too many requests open; detail says which.
func TooManyRequests(detail string) Problem {
	return New(http.StatusTooManyRequests, reason.ProblemTooManyRequests, detail)
}

// QuotaExceeded: the token's subject has too much unfinished; detail says what.
func QuotaExceeded(detail string) Problem {
	return New(http.StatusTooManyRequests, reason.ProblemQuotaExceeded, detail)
}

// StorageFull: the store or the database has no space left.
func StorageFull() Problem {
	return New(http.StatusInsufficientStorage, reason.ProblemStorageFull, "")
}
