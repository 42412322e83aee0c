package reason

// Why an upload stopped before it reached the server. The file itself is fine.
const (
	// TokenRejected: the server rejected several fresh tokens in a row.
	TokenRejected Code = "token_rejected"
	// UploadForbidden: the token lacks permission. The response had no code of its own.
	UploadForbidden Code = "upload_forbidden"
	// UploadGone: the server lost the upload, more than once.
	UploadGone Code = "upload_gone"
	// ChunkRefused: something between browser and server rejects even the smallest
	// chunk. Fact: limit.
	ChunkRefused Code = "chunk_refused"
	// RequestRefused: a permanent error without a code of its own. Facts: method,
	// status.
	RequestRefused Code = "request_refused"
	// HeaderMissing: a response lacks a header that tus requires. Fact: header.
	HeaderMissing Code = "header_missing"
	// CORSExpose: the page has another origin than the media server, and the browser
	// hides a header that tus requires. Fact: header.
	CORSExpose Code = "cors-expose"
	// OffsetInvalid: the server reports more bytes than the file has. Facts: offset,
	// size.
	OffsetInvalid Code = "offset_invalid"
	// FileChanged: the file cannot be read any more as it was when it was chosen.
	FileChanged Code = "file_changed"
	// RelayFailed: the server has the bytes, but the provider did not accept them. The
	// response had no code of its own.
	RelayFailed Code = "relay_failed"
	// EndpointChanged: the page has switched to another server since the upload began.
	EndpointChanged Code = "endpoint_changed"
	// OtherOwner: another user has signed in on the page since the upload began.
	OtherOwner Code = "other_owner"
	// OriginNotAllowed: the media server does not allow pages of this origin.
	OriginNotAllowed Code = "origin_not_allowed"
	// PolicyForbidsEngine: the page's Content-Security-Policy allows neither the worker
	// nor the frame that checks and sends files, or no request to the media server.
	PolicyForbidsEngine Code = "policy_forbids_engine"
	// WrongEndpoint: whatever answers at the page's endpoint is not a media server.
	WrongEndpoint Code = "wrong_endpoint"
	// ServerOutdated: the media server is older than the page's script.
	ServerOutdated Code = "server_outdated"
	// EndpointInvalid: the page names no media server: its endpoint is not an http(s) URL.
	EndpointInvalid Code = "endpoint_invalid"
	// PageError: code of the page has failed, such as its function for metadata.
	PageError Code = "page_error"
	// InternalError: the uploader itself has failed.
	InternalError Code = "internal_error"
	// EngineUnavailable: the browser cannot run the worker that checks and sends files.
	EngineUnavailable Code = "engine_unavailable"
)
