package reason

// Problems of the HTTP API: why a request failed.
const (
	// ProblemBadRequest: the request is malformed.
	ProblemBadRequest Code = "bad_request"
	// ProblemUnauthorized: the token is missing or invalid.
	ProblemUnauthorized Code = "unauthorized"
	// ProblemTokenExpired: the token has expired; a new one fixes it.
	ProblemTokenExpired Code = "token_expired"
	// ProblemForbiddenScope: the token lacks the required scope. Fact: scope.
	ProblemForbiddenScope Code = "forbidden_scope"
	// ProblemForbidden: the token's own limits (size, kinds, purposes) exclude the
	// request.
	ProblemForbidden Code = "forbidden"
	// ProblemUnknownChannel: the token is for a channel that this server does not have.
	ProblemUnknownChannel Code = "unknown_channel"
	// ProblemNoHandles: the channel's provider gives no handles, which templates and
	// profile pictures need.
	ProblemNoHandles Code = "no_handles"
	// ProblemNotFound: the resource does not exist or belongs to somebody else.
	ProblemNotFound Code = "not_found"
	// ProblemMethodNotAllowed: the resource does not support the method.
	ProblemMethodNotAllowed Code = "method_not_allowed"
	// ProblemRequestTimeout: the request's body stopped arriving.
	ProblemRequestTimeout Code = "request_timeout"
	// ProblemConflict: the resource's state does not allow the request.
	ProblemConflict Code = "conflict"
	// ProblemOffsetMismatch: a chunk does not start where the stored bytes end.
	ProblemOffsetMismatch Code = "offset_mismatch"
	// ProblemChecksumMismatch: a chunk does not match its checksum. None of its bytes
	// count; send the chunk again.
	ProblemChecksumMismatch Code = "checksum_mismatch"
	// ProblemChecksumUnsupported: the checksum algorithm is not supported. Fact:
	// algorithms.
	ProblemChecksumUnsupported Code = "checksum_unsupported"
	// ProblemInterrupted: another request for the same upload took over.
	ProblemInterrupted Code = "upload_interrupted"
	// ProblemGone: the resource existed and was deleted.
	ProblemGone Code = "gone"
	// ProblemLengthRequired: the upload's length is missing.
	ProblemLengthRequired Code = "length_required"
	// ProblemUnsupportedVersion: the server does not support this tus version.
	ProblemUnsupportedVersion Code = "unsupported_version"
	// ProblemPayloadTooLarge: the body or the file exceeds a limit. Fact: limit.
	ProblemPayloadTooLarge Code = "payload_too_large"
	// ProblemUnsupportedContentType: the body has an unsupported content type.
	ProblemUnsupportedContentType Code = "unsupported_content_type"
	// ProblemLocked: another request holds the upload. Temporary.
	ProblemLocked Code = "locked"
	// ProblemTooManyRequests: the client has too many requests open, or sends too many.
	ProblemTooManyRequests Code = "too_many_requests"
	// ProblemQuotaExceeded: the token's subject has too many unfinished uploads, or they
	// declare too many bytes. Temporary.
	ProblemQuotaExceeded Code = "quota_exceeded"
	// ProblemHeadersTooLarge: a header exceeds its limit.
	ProblemHeadersTooLarge Code = "headers_too_large"
	// ProblemInternal: an error of the server's own.
	ProblemInternal Code = "internal"
	// ProblemUnavailable: something that the server depends on does not respond.
	// Temporary.
	ProblemUnavailable Code = "unavailable"
	// ProblemShuttingDown: this process is stopping; another one takes over.
	ProblemShuttingDown Code = "shutting_down"
	// ProblemStorageFull: the disk for the bytes or for the database is full, or has less
	// free space than a new upload needs.
	ProblemStorageFull Code = "storage_full"
)

// Problems lists every problem of the HTTP API.
func Problems() []Code {
	return []Code{
		ProblemBadRequest, ProblemUnauthorized, ProblemTokenExpired, ProblemForbiddenScope, ProblemForbidden,
		ProblemUnknownChannel, ProblemNoHandles, ProblemNotFound, ProblemMethodNotAllowed, ProblemRequestTimeout, ProblemConflict,
		ProblemOffsetMismatch, ProblemChecksumMismatch, ProblemChecksumUnsupported, ProblemInterrupted, ProblemGone, ProblemLengthRequired, ProblemUnsupportedVersion,
		ProblemPayloadTooLarge, ProblemUnsupportedContentType, ProblemLocked, ProblemTooManyRequests, ProblemQuotaExceeded,
		ProblemHeadersTooLarge, ProblemInternal, ProblemUnavailable, ProblemShuttingDown, ProblemStorageFull,
	}
}
