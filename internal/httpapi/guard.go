package httpapi

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/gin-gonic/gin"

	"mediarelay/internal/problem"
	"mediarelay/internal/tusproto"
)

// apiPolicy is the Content-Security-Policy of every response that is not a page. If
// a browser displays one, nothing in it runs.
const apiPolicy = "default-src 'none'; frame-ancestors 'none'"

// setHeaders sets the default headers of every response. Pages and files replace
// the policy.
func setHeaders(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", apiPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
}

// singletonHeaders may occur only once in a request: a proxy might use the first of
// two values where this server uses the other.
var singletonHeaders = []string{
	"Authorization", "Content-Type", tusproto.HeaderMethodOverride,
	tusproto.HeaderResumable, tusproto.HeaderOffset, tusproto.HeaderLength, tusproto.HeaderMetadata,
	"Upload-Defer-Length", "Upload-Concat", "Upload-Checksum",
}

// checkHeaders rejects ambiguous requests.
//
// A request with both Content-Length and Transfer-Encoding is the classic one.
// net/http prefers Transfer-Encoding and removes Content-Length before a handler
// sees it. The connection is therefore closed after every chunked request, so that
// a request smuggled behind it is never read, as RFC 9112, section 6.1, requires.
func checkHeaders(c *gin.Context) {
	if len(c.Request.TransferEncoding) > 0 {
		c.Header("Connection", "close")
	}
	for _, name := range singletonHeaders {
		if len(c.Request.Header.Values(name)) > 1 {
			refuse(c, problem.BadRequest(fmt.Sprintf("The header %s occurs more than once. Send it once.", name)))
			return
		}
	}
	// overrideMethod has removed the header where it applies.
	if c.Request.Method == http.MethodPost && isFiles(c.Request.URL.Path) && c.Request.Header.Get(tusproto.HeaderMethodOverride) != "" {
		refuse(c, problem.BadRequest("X-HTTP-Method-Override must be PATCH or DELETE, on a POST to the URL of an upload."))
	}
}

// recoverPanic turns a panic into a 500, unless the response has begun.
func recoverPanic(logger *slog.Logger) gin.HandlerFunc {
	return func(c *gin.Context) {
		defer func() {
			if cause := recover(); cause != nil {
				afterPanic(c, logger, cause)
			}
		}()
		c.Next()
	}
}

func afterPanic(c *gin.Context, logger *slog.Logger, cause any) {
	// ErrAbortHandler is not a fault: it tells net/http to close the connection.
	if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(cause)
	}
	logger.ErrorContext(c.Request.Context(), "panic in a handler",
		"route", routeOf(c), "panic", fmt.Sprint(cause), "stack", string(debug.Stack()))
	if c.Writer.Written() {
		panic(http.ErrAbortHandler) // a partial response must not look complete
	}
	refuse(c, problem.Internal())
}
