package httpapi

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-contrib/cors"
	"github.com/gin-gonic/gin"

	"mediarelay/internal/problem"
	"mediarelay/internal/tusproto"
)

// preflightAge is how long a browser may remember a preflight: Chromium's own limit.
//
// Source: Fetch standard, Access-Control-Max-Age; Chromium caps it at 2 hours.
const preflightAge = 2 * time.Hour

// allowOrigins lets pages of exactly these origins call /files and /v1. Requests
// of another origin pass without CORS headers, so that its page reads nothing.
func allowOrigins(origins []string, own string) gin.HandlerFunc {
	if own != "" {
		// Behind a proxy that changes Host, our own page looks like a stranger's.
		origins = append(slices.Clone(origins), own)
	}
	allow := cors.New(corsConfig(origins))
	return func(c *gin.Context) {
		if !forPrograms(c.Request.URL.Path) {
			return
		}
		origin := c.Request.Header.Get("Origin")
		switch {
		case slices.Contains(origins, origin):
			allow(c)
		case origin != "" && isPreflight(c.Request):
			refuse(c, problem.Forbidden("The origin of this page is not one of MEDIARELAY_ALLOWED_ORIGINS."))
		default:
			c.Writer.Header().Add("Vary", "Origin")
		}
	}
}

func corsConfig(origins []string) cors.Config {
	return cors.Config{
		AllowOrigins: origins,
		AllowMethods: []string{
			http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPatch, http.MethodDelete, http.MethodOptions,
		},
		AllowHeaders: []string{
			"Authorization", "Content-Type", "Last-Event-ID",
			tusproto.HeaderResumable, tusproto.HeaderLength, tusproto.HeaderOffset, tusproto.HeaderMetadata, tusproto.HeaderChecksum,
			"Upload-Defer-Length", "Upload-Concat", "X-Request-ID",
		},
		ExposeHeaders: []string{
			tusproto.HeaderLocation, tusproto.HeaderOffset, tusproto.HeaderLength, tusproto.HeaderMetadata,
			tusproto.HeaderExpires, tusproto.HeaderResumable,
			"Tus-Version", "Tus-Max-Size", "Tus-Extension", tusproto.HeaderChecksumAlgorithm, "Retry-After",
		},
		MaxAge: preflightAge,
	}
}

func forPrograms(path string) bool {
	return strings.HasPrefix(path, "/v1/") || path == "/files" || strings.HasPrefix(path, "/files/")
}

func isPreflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
}
