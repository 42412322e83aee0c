package reason

// The problems of the HTTP surface: why a request was not answered as asked.
const (
	// ProblemBadRequest: something in the request is not of the form that is asked for.
	ProblemBadRequest Code = "bad_request"
	// ProblemUnauthorized: no token, or one that is not ours.
	ProblemUnauthorized Code = "unauthorized"
	// ProblemTokenExpired: the token was good once; a new one mends it.
	ProblemTokenExpired Code = "token_expired"
	// ProblemForbiddenScope: the token does not carry the scope that is needed. Fact: scope.
	ProblemForbiddenScope Code = "forbidden_scope"
	// ProblemForbidden: the token's own limits (size, kinds, purposes) exclude the request.
	ProblemForbidden Code = "forbidden"
	// ProblemUnknownChannel: the token names a channel that this server does not have.
	ProblemUnknownChannel Code = "unknown_channel"
	// ProblemNoHandles: the channel's provider gives no handles, which templates and
	// profile pictures need.
	ProblemNoHandles Code = "no_handles"
	// ProblemNotFound: no such thing, or one that belongs to somebody else.
	ProblemNotFound Code = "not_found"
	// ProblemMethodNotAllowed: the address exists and does not take the method.
	ProblemMethodNotAllowed Code = "method_not_allowed"
	// ProblemRequestTimeout: the request's bytes stopped coming.
	ProblemRequestTimeout Code = "request_timeout"
	// ProblemConflict: the thing is not in the state that the request starts from.
	ProblemConflict Code = "conflict"
	// ProblemOffsetMismatch: a chunk does not begin where the stored bytes end.
	ProblemOffsetMismatch Code = "offset_mismatch"
	// ProblemChecksumMismatch: a chunk's bytes are not those that its checksum was
	// made of. None of them counts; the same chunk is sent again.
	ProblemChecksumMismatch Code = "checksum_mismatch"
	// ProblemChecksumUnsupported: a checksum of an algorithm that is not taken. Fact: algorithms.
	ProblemChecksumUnsupported Code = "checksum_unsupported"
	// ProblemInterrupted: another request for the same upload took over.
	ProblemInterrupted Code = "upload_interrupted"
	// ProblemGone: it was here and is kept no longer.
	ProblemGone Code = "gone"
	// ProblemLengthRequired: an upload's length is missing.
	ProblemLengthRequired Code = "length_required"
	// ProblemUnsupportedVersion: a tus version that this server does not speak.
	ProblemUnsupportedVersion Code = "unsupported_version"
	// ProblemPayloadTooLarge: more bytes than are taken. Fact: limit.
	ProblemPayloadTooLarge Code = "payload_too_large"
	// ProblemUnsupportedContentType: a body of another type than is asked for.
	ProblemUnsupportedContentType Code = "unsupported_content_type"
	// ProblemLocked: another request holds the upload; it passes.
	ProblemLocked Code = "locked"
	// ProblemTooManyRequests: slower, please.
	ProblemTooManyRequests Code = "too_many_requests"
	// ProblemHeadersTooLarge: a header is longer than is taken.
	ProblemHeadersTooLarge Code = "headers_too_large"
	// ProblemInternal: our own fault.
	ProblemInternal Code = "internal"
	// ProblemUnavailable: something that the server stands on does not answer; it passes.
	ProblemUnavailable Code = "unavailable"
	// ProblemShuttingDown: this process ends; another takes over.
	ProblemShuttingDown Code = "shutting_down"
	// ProblemStorageFull: no room for the bytes, or for what is remembered of them.
	ProblemStorageFull Code = "storage_full"
)

// Problems lists every problem of the HTTP surface.
func Problems() []Code {
	return []Code{
		ProblemBadRequest, ProblemUnauthorized, ProblemTokenExpired, ProblemForbiddenScope, ProblemForbidden,
		ProblemUnknownChannel, ProblemNoHandles, ProblemNotFound, ProblemMethodNotAllowed, ProblemRequestTimeout, ProblemConflict,
		ProblemOffsetMismatch, ProblemChecksumMismatch, ProblemChecksumUnsupported, ProblemInterrupted, ProblemGone, ProblemLengthRequired, ProblemUnsupportedVersion,
		ProblemPayloadTooLarge, ProblemUnsupportedContentType, ProblemLocked, ProblemTooManyRequests,
		ProblemHeadersTooLarge, ProblemInternal, ProblemUnavailable, ProblemShuttingDown, ProblemStorageFull,
	}
}
