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

// preflightMaxAge is how long a browser may cache a preflight.
//
// Source: Fetch standard, Access-Control-Max-Age; Chromium caps it at 2 hours.
const preflightMaxAge = 2 * time.Hour

// allowOrigins allows pages of exactly these origins to call /files and /v1. A
// request from another origin is served without CORS headers, so that its page
// cannot read the response.
func allowOrigins(origins []string) gin.HandlerFunc {
	allow := cors.New(corsConfig(origins))
	return func(c *gin.Context) {
		if !isAPI(c.Request.URL.Path) {
			return
		}
		origin := c.Request.Header.Get("Origin")
		switch {
		case slices.Contains(origins, origin):
			allow(c)
		case origin != "" && isPreflight(c.Request):
			refuse(c, problem.Forbidden("The origin of this page is not in MEDIARELAY_ALLOWED_ORIGINS."))
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
			"Upload-Defer-Length", "Upload-Concat", tusproto.HeaderMethodOverride, headerRequestID,
		},
		ExposeHeaders: []string{
			tusproto.HeaderLocation, tusproto.HeaderOffset, tusproto.HeaderLength, tusproto.HeaderMetadata,
			tusproto.HeaderExpires, tusproto.HeaderResumable,
			"Tus-Version", "Tus-Max-Size", "Tus-Extension", tusproto.HeaderChecksumAlgorithm, "Retry-After", "Date", headerRequestID,
		},
		MaxAge: preflightMaxAge,
	}
}

// isAPI reports whether a path belongs to the API, not to the page or the element.
func isAPI(path string) bool {
	return strings.HasPrefix(path, "/v1/") || isFiles(path)
}

// isFiles reports whether a path belongs to the tus protocol.
func isFiles(path string) bool {
	return path == "/files" || strings.HasPrefix(path, "/files/")
}

func isPreflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
}
