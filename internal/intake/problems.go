package intake

import (
	"net/http"

	"github.com/tus/tusd/v2/pkg/handler"

	"mediarelay/internal/problem"
	"mediarelay/internal/reason"
	"mediarelay/internal/tusproto"
)

// Our own errors, in the form that tusd passes to the client.
var (
	errStorageFull = handler.NewError("ERR_STORAGE_FULL", "no space left", http.StatusInsufficientStorage)
	errStoreAway   = handler.NewError("ERR_STORE_AWAY", "the store is unavailable", http.StatusServiceUnavailable)
	errUnavailable = handler.NewError("ERR_UNAVAILABLE", "try again", http.StatusServiceUnavailable)
	errKeyTaken    = handler.NewError("ERR_KEY_TAKEN", "another request made the upload", http.StatusLocked)
	errChecksum    = handler.NewError("ERR_CHECKSUM_MISMATCH", "checksum mismatch", tusproto.StatusChecksumMismatch)
	errForbidden   = handler.NewError("ERR_FORBIDDEN", "the access has the problem", http.StatusForbidden)
	errMalformed   = handler.NewError("ERR_MALFORMED_BODY", "malformed chunked body", http.StatusBadRequest)
	errBusy        = handler.NewError("ERR_UPLOAD_BUSY", "the upload is being relayed", http.StatusConflict)
)

// The errors of an exceeded quota.
var (
	errQuotaUploads = handler.NewError("ERR_QUOTA_UPLOADS", "too many unfinished uploads", http.StatusTooManyRequests)
	errQuotaBytes   = handler.NewError("ERR_QUOTA_BYTES", "too many bytes in unfinished uploads", http.StatusTooManyRequests)
)

const howToFree = "Finish or delete one of them, or wait until it expires."

// problems maps the error codes of tusd, and those above, to problems. Any other
// code is an internal error.
var problems = map[string]func() problem.Problem{
	"ERR_STORAGE_FULL": problem.StorageFull,
	"ERR_STORE_AWAY":   problem.StoreAway,
	"ERR_UNAVAILABLE":  problem.Unavailable,
	"ERR_KEY_TAKEN":    problem.Locked,
	"ERR_CHECKSUM_MISMATCH": func() problem.Problem {
		return problem.New(tusproto.StatusChecksumMismatch, reason.ProblemChecksumMismatch,
			"The body does not match Upload-Checksum and was discarded. Send it again from the same offset.")
	},
	"ERR_QUOTA_UPLOADS": func() problem.Problem {
		return problem.QuotaExceeded("The token's sub has as many unfinished uploads as MEDIARELAY_QUOTA_OPEN_UPLOADS allows. " + howToFree)
	},
	"ERR_QUOTA_BYTES": func() problem.Problem {
		return problem.QuotaExceeded("The unfinished uploads of the token's sub would exceed MEDIARELAY_QUOTA_OPEN_BYTES. " + howToFree)
	},
	"ERR_MALFORMED_BODY": func() problem.Problem {
		return problem.BadRequest("The body's chunked encoding is malformed. Send a HEAD request to get the offset, then resume.")
	},
	"ERR_UPLOAD_BUSY": func() problem.Problem {
		return problem.Conflict("The file is being sent to the provider and cannot be cancelled.")
	},
	"ERR_UNSUPPORTED_VERSION": func() problem.Problem {
		return problem.New(http.StatusPreconditionFailed, reason.ProblemUnsupportedVersion, "Send Tus-Resumable: "+tusproto.Version+".")
	},
	"ERR_MAX_SIZE_EXCEEDED": problem.UploadTooLarge,
	"ERR_UPLOAD_SIZE_EXCEEDED": func() problem.Problem {
		return problem.BadRequest("The chunk exceeds the upload's length. Send a HEAD request to get the offset, then send only the rest.")
	},
	"ERR_INVALID_CONTENT_TYPE": func() problem.Problem {
		return problem.New(http.StatusUnsupportedMediaType, reason.ProblemUnsupportedContentType, "Send Content-Type: "+tusproto.ContentType+".")
	},
	"ERR_INVALID_UPLOAD_LENGTH": func() problem.Problem {
		return problem.BadRequest("Upload-Length cannot change after creation. Omit it.")
	},
	"ERR_INVALID_OFFSET": func() problem.Problem {
		return problem.BadRequest("Send the offset of the chunk's first byte as Upload-Offset.")
	},
	"ERR_NOT_IMPLEMENTED": func() problem.Problem {
		return problem.BadRequest("Upload-Length cannot change after creation. Omit it.")
	},
	"ERR_UPLOAD_NOT_FOUND":  problem.NotFound,
	"ERR_UPLOAD_LOCKED":     problem.Locked,
	"ERR_LOCK_TIMEOUT":      problem.Locked,
	"ERR_MISMATCHED_OFFSET": problem.OffsetMismatch,
	// 423 in place of tusd's 400: a newer request of the client takes over, and
	// tus-js-client does not retry after a 400.
	"ERR_UPLOAD_INTERRUPTED": func() problem.Problem {
		return problem.New(http.StatusLocked, reason.ProblemInterrupted, "")
	},
	"ERR_SERVER_SHUTDOWN": problem.ShuttingDown,
	"ERR_UNEXPECTED_EOF": func() problem.Problem {
		return problem.BadRequest("The request's body ended early. Send a HEAD request to get the offset, then resume.")
	},
	"ERR_READ_TIMEOUT":     problem.RequestTimeout,
	"ERR_CONNECTION_RESET": problem.RequestTimeout,
}
