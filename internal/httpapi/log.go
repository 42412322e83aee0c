package httpapi

import (
	"log/slog"
	"time"

	"github.com/gin-gonic/gin"

	"mediarelay/internal/auth"
	"mediarelay/internal/logging"
)

// maxLoggedPath is how many bytes of a path are logged. Valid paths have fewer than
// 100.
const maxLoggedPath = 200

// logAccess writes one line for each request. It omits the query and the headers,
// which contain file names and tokens, and has a digest in place of the subject.
func logAccess(logger *slog.Logger) gin.HandlerFunc {
	return func(c *gin.Context) {
		start := time.Now()
		c.Next()
		level := slog.LevelInfo
		if c.FullPath() == "/healthz" {
			level = slog.LevelDebug
		}
		logger.LogAttrs(c.Request.Context(), level, "request", accessAttrs(c, time.Since(start))...)
	}
}

func accessAttrs(c *gin.Context, took time.Duration) []slog.Attr {
	path := c.Request.URL.Path
	if len(path) > maxLoggedPath {
		path = path[:maxLoggedPath]
	}
	attrs := []slog.Attr{
		slog.String("method", c.Request.Method),
		slog.String("path", path),
		slog.Int("status", c.Writer.Status()),
		slog.Int("bytes", max(c.Writer.Size(), 0)),
		slog.Int64("milliseconds", took.Milliseconds()),
		slog.String("client", c.GetString(clientKey)),
	}
	if claims, ok := auth.FromContext(c.Request.Context()); ok {
		attrs = append(attrs, slog.String("channel", claims.Channel), slog.String("subject", logging.SubjectDigest(claims.Subject)))
	}
	return attrs
}

// routeOf returns the route of a request. All unknown paths share one label, so that
// clients cannot create any number of metrics.
func routeOf(c *gin.Context) string {
	if route := c.FullPath(); route != "" {
		return route
	}
	return "none"
}
