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

// apiPolicy is the Content-Security-Policy of every answer that is no page: it is
// not to be shown, and if a browser does show it, nothing in it runs.
const apiPolicy = "default-src 'none'; frame-ancestors 'none'"

// setHeaders sets what every answer carries; pages and files set their own policy after it.
func setHeaders(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", apiPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
}

// single are the headers that decide what is done: two of one name would be read
// differently by a proxy in front and by us.
var single = []string{
	"Authorization", "Content-Type", "X-Http-Method-Override",
	tusproto.HeaderResumable, tusproto.HeaderOffset, tusproto.HeaderLength, tusproto.HeaderMetadata,
	"Upload-Defer-Length", "Upload-Concat", "Upload-Checksum",
}

// checkFraming refuses requests that could mean two things.
//
// Content-Length beside Transfer-Encoding is the classic one. net/http lets the
// latter win and removes the former before a handler can see it; so the
// connection is closed after every chunked request, and what may be smuggled
// behind it is never read, as RFC 9112, section 6.1, asks for.
func checkFraming(c *gin.Context) {
	if len(c.Request.TransferEncoding) > 0 {
		c.Header("Connection", "close")
	}
	for _, name := range single {
		if len(c.Request.Header.Values(name)) > 1 {
			refuse(c, problem.BadRequest(fmt.Sprintf("The header %s stands twice. Send it once.", name)))
			return
		}
	}
}

// recoverPanic answers a panic with a problem where the answer has not begun.
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
	// net/http's own way to end a connection: it is no fault, and net/http must see it.
	if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(cause)
	}
	logger.ErrorContext(c.Request.Context(), "panic in a handler",
		"route", routeOf(c), "panic", fmt.Sprint(cause), "stack", string(debug.Stack()))
	if c.Writer.Written() {
		panic(http.ErrAbortHandler) // half an answer must not look like a whole one
	}
	refuse(c, problem.Internal())
}
