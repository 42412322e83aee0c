package reason

// Why an upload stopped on its way to the server. The file itself is not at fault.
const (
	// TokenRejected: the server took none of several tokens that were just given.
	TokenRejected Code = "token_rejected"
	// UploadForbidden: the token may not do this. The answer gave no code of its own.
	UploadForbidden Code = "upload_forbidden"
	// UploadGone: the server has forgotten the upload, more than once.
	UploadGone Code = "upload_gone"
	// ChunkRefused: even the smallest chunk is too large for something on the
	// way. Fact: limit.
	ChunkRefused Code = "chunk_refused"
	// RequestRefused: an answer that repeating would not change and that gave
	// no code of its own. Facts: method, status.
	RequestRefused Code = "request_refused"
	// HeaderMissing: an answer lacks a header that tus demands. Fact: header.
	HeaderMissing Code = "header_missing"
	// CORSExpose: the page is of another origin than the media server, and the
	// browser hides a header that tus demands. Fact: header.
	CORSExpose Code = "cors-expose"
	// OffsetInvalid: the server reports more bytes than the file has. Facts:
	// offset, size.
	OffsetInvalid Code = "offset_invalid"
	// FileChanged: the file can no longer be read as it was when it was chosen.
	FileChanged Code = "file_changed"
	// RelayFailed: the bytes are safe, but the provider did not take them. The
	// answer gave no code of its own.
	RelayFailed Code = "relay_failed"
	// EndpointChanged: the page now names another server than the one that the
	// file was on its way to.
	EndpointChanged Code = "endpoint_changed"
	// OtherOwner: somebody else has signed in on the page since the upload began.
	OtherOwner Code = "other_owner"
	// EngineUnavailable: the browser cannot run the worker that checks and sends.
	EngineUnavailable Code = "engine_unavailable"
)
