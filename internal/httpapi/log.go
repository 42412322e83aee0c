package httpapi

import (
	"log/slog"
	"time"

	"github.com/gin-gonic/gin"

	"mediarelay/internal/auth"
)

// maxLoggedPath bounds a path in the log, in bytes: our own have fewer than 100.
const maxLoggedPath = 200

// logAccess writes one line for each request. Headers and the query stay out: they
// hold tokens and file names.
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
	}
	if claims, ok := auth.FromContext(c.Request.Context()); ok {
		attrs = append(attrs, slog.String("channel", claims.Channel), slog.String("subject", claims.Subject))
	}
	return attrs
}

// routeOf names the route of a request; all unknown paths share one name, since
// strangers can think of many.
func routeOf(c *gin.Context) string {
	if route := c.FullPath(); route != "" {
		return route
	}
	return "none"
}
