package problem

import (
	"net/http"
	"strings"

	"mediarelay/internal/media"
	"mediarelay/internal/reason"
)

// BadRequest: detail says what is wrong, where it stands and what to do.
func BadRequest(detail string) Problem {
	return New(http.StatusBadRequest, reason.ProblemBadRequest, detail)
}

// Unauthorized: no token, or one that is not ours.
func Unauthorized(detail string) Problem {
	return New(http.StatusUnauthorized, reason.ProblemUnauthorized, detail)
}

// TokenExpired: a new token mends it.
func TokenExpired() Problem {
	return New(http.StatusUnauthorized, reason.ProblemTokenExpired,
		"The token's exp lies in the past. Get a new token and repeat the request.")
}

// ForbiddenScope: the token lacks a scope.
func ForbiddenScope(scope string) Problem {
	return New(http.StatusForbidden, reason.ProblemForbiddenScope,
		"The token's scope claim must hold "+scope+".", reason.Text("scope", scope))
}

// Forbidden: the token's own limits exclude the request.
func Forbidden(detail string, facts ...reason.Fact) Problem {
	return New(http.StatusForbidden, reason.ProblemForbidden, detail, facts...)
}

// UnknownChannel: the token's channel is not configured here.
func UnknownChannel() Problem {
	return New(http.StatusForbidden, reason.ProblemUnknownChannel,
		"The token's channel claim names no channel of this server.")
}

// NoHandles: the channel's provider has none of what these purposes need. Why says
// so in our own words, for operators: what is missing, and where to set it.
func NoHandles(why error) Problem {
	return New(http.StatusUnprocessableEntity, reason.ProblemNoHandles,
		"The purposes template and profile need a handle, and "+why.Error()+". The purpose message needs none.")
}

// NotFound: no such thing, or one of another channel; the two look the same.
func NotFound() Problem {
	return New(http.StatusNotFound, reason.ProblemNotFound, "")
}

// MethodNotAllowed names the methods that are allowed. The caller sets the Allow
// header, which RFC 9110 asks for.
func MethodNotAllowed(allowed ...string) Problem {
	detail := ""
	if len(allowed) > 0 {
		detail = "Use one of " + strings.Join(allowed, ", ") + "."
	}
	return New(http.StatusMethodNotAllowed, reason.ProblemMethodNotAllowed, detail)
}

// RequestTimeout: the request's bytes stopped coming.
func RequestTimeout() Problem {
	return New(http.StatusRequestTimeout, reason.ProblemRequestTimeout, "")
}

// Conflict: detail says which state it is and which it would have to be.
func Conflict(detail string) Problem {
	return New(http.StatusConflict, reason.ProblemConflict, detail)
}

// OffsetMismatch: a chunk does not begin where the stored bytes end.
func OffsetMismatch() Problem {
	return New(http.StatusConflict, reason.ProblemOffsetMismatch,
		"Upload-Offset is not the upload's offset. Ask for it with HEAD.")
}

// Gone: it was here and is kept no longer.
func Gone() Problem {
	return New(http.StatusGone, reason.ProblemGone, "")
}

// PayloadTooLarge: more than limit bytes.
func PayloadTooLarge(limit int64) Problem {
	return New(http.StatusRequestEntityTooLarge, reason.ProblemPayloadTooLarge, "", reason.Bytes("limit", limit))
}

// UploadTooLarge is PayloadTooLarge for the largest upload of all.
func UploadTooLarge() Problem { return PayloadTooLarge(media.MaxUploadBytes) }

// Locked: another request holds the upload. 423 is what tus-js-client waits out;
// with any other answer to a HEAD it starts again from byte 0.
//
// Source: tus-js-client 4.3.1, lib/upload.ts, _resumeUpload.
func Locked() Problem {
	return New(http.StatusLocked, reason.ProblemLocked, "")
}

// TooManyRequests: the caller sets Retry-After where a time is known.
func TooManyRequests() Problem {
	return New(http.StatusTooManyRequests, reason.ProblemTooManyRequests, "")
}

// Internal says nothing of what went wrong: that is for the log.
func Internal() Problem {
	return New(http.StatusInternalServerError, reason.ProblemInternal, "")
}

// Unavailable: something that the server stands on does not answer; it passes.
func Unavailable() Problem {
	return New(http.StatusServiceUnavailable, reason.ProblemUnavailable, "")
}

// ShuttingDown: this process ends.
func ShuttingDown() Problem {
	return New(http.StatusServiceUnavailable, reason.ProblemShuttingDown, "")
}

// StorageFull: no room for the bytes, or for what is remembered of them.
func StorageFull() Problem {
	return New(http.StatusInsufficientStorage, reason.ProblemStorageFull, "")
}
