// Package httpapi is the public face of the server: the router, who may ask what,
// uploads and assets as JSON and as events, the page and the element's files, and
// the headers that keep all of it safe. A second handler, for operators, has
// readiness and metrics.
//
// It leaves to others: the tus protocol (the handler given as Files), what an
// upload or an asset is (library), and what a token means (auth).
package httpapi

import (
	"cmp"
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"mediarelay/internal/auth"
	"mediarelay/internal/library"
	"mediarelay/internal/problem"
)

// Verifier turns a bearer token into claims; its errors are auth's.
type Verifier interface {
	Verify(token string) (auth.Claims, error)
}

// Uploads are the uploads of all channels. Another channel's upload is
// library.ErrNotFound, like one that does not exist.
type Uploads interface {
	Upload(ctx context.Context, channel, id string) (library.Upload, error)
	// RetryUpload is library.ErrState unless the upload has failed, and
	// library.ErrFinal where it has for good.
	RetryUpload(ctx context.Context, channel, id string) error
	// Subscribe gives a hint after each change by this process; stop ends it.
	Subscribe(uploadID string) (changes <-chan struct{}, stop func())
}

// Assets are the assets of all channels, with the same rule.
type Assets interface {
	Asset(ctx context.Context, channel, id string) (library.Asset, error)
	// Assets is library.ErrNotFound for a cursor that no page gave.
	Assets(ctx context.Context, q library.AssetQuery) (library.AssetPage, error)
}

// Offsets knows how many bytes of an unfinished upload are stored.
type Offsets interface {
	Offset(ctx context.Context, uploadID string) (int64, error)
}

// Config is what the handler stands on. Every field is needed, unless it says otherwise.
type Config struct {
	Verifier Verifier
	Uploads  Uploads
	Assets   Assets
	Offsets  Offsets
	// Files answers everything under /files/; it finds the claims in the request's context.
	Files http.Handler
	// Web holds index.html, widget/ and assets/, with .br and .gz beside what was compressed.
	Web fs.FS
	// AllowedOrigins may call /files and /v1 from their pages; empty: same origin only.
	AllowedOrigins []string
	// PublicURL is the server's own origin where a proxy hides it; may be empty.
	PublicURL string
	// Sandbox tells the page to say that nothing reaches WhatsApp.
	Sandbox bool
	// Now is the clock that copies end by, the library's. It must be set.
	Now     func() time.Time
	Logger  *slog.Logger
	Metrics *Metrics

	pace pace // standardPace where it is zero
}

// New makes the public handler. It fails where the web files are not all there.
func New(c Config) (http.Handler, error) {
	static, err := newStatic(c.Web)
	if err != nil {
		return nil, err
	}
	page, err := newPage(c.Web, c.Sandbox)
	if err != nil {
		return nil, err
	}
	rules, err := newRuleTable()
	if err != nil {
		return nil, err
	}
	engine := newEngine(c)
	routeFiles(engine, c)
	routeAPI(engine, c)
	get(engine, "/v1/rules", rules.serve)
	routePages(engine, page, static)
	return engine, nil
}

// newEngine makes a router with what every request passes through, in this order.
func newEngine(c Config) *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	engine.RedirectTrailingSlash = false
	// A client can write any X-Forwarded-For; gin trusts all of them by default.
	if err := engine.SetTrustedProxies(nil); err != nil {
		panic("httpapi: internal error: " + err.Error())
	}
	engine.Use(c.Metrics.measure, logAccess(c.Logger), recoverPanic(c.Logger), setHeaders, setLanguage, checkFraming)
	if len(c.AllowedOrigins) > 0 {
		engine.Use(allowOrigins(c.AllowedOrigins, c.PublicURL))
	}
	engine.NoRoute(answer(problem.NotFound()))
	engine.NoMethod(methodNotAllowed)
	return engine
}

func routeFiles(engine *gin.Engine, c Config) {
	files := []gin.HandlerFunc{exceptOptions(requireScope(c.Verifier, c.Logger, auth.ScopeUpload)), gin.WrapH(c.Files)}
	engine.Any("/files", files...)
	engine.Any("/files/*any", files...)
}

func routeAPI(engine *gin.Engine, c Config) {
	uploads := engine.Group("/v1/uploads/:id", requireScope(c.Verifier, c.Logger, auth.ScopeUpload))
	reports := uploadReports{
		uploads: c.Uploads, assets: c.Assets, offsets: c.Offsets,
		now: c.Now, logger: c.Logger, pace: cmp.Or(c.pace, standardPace),
	}
	get(uploads, "", reports.show)
	uploads.GET("/events", reports.events)
	uploads.POST("/retry", reports.retry)

	assets := engine.Group("/v1/assets", requireScope(c.Verifier, c.Logger, auth.ScopeAssetsRead))
	shelf := assetShelf{assets: c.Assets, now: c.Now, logger: c.Logger}
	get(assets, "", shelf.list)
	get(assets, "/:id", shelf.show)
}

func routePages(engine *gin.Engine, page *page, static *static) {
	get(engine, "/", page.serve)
	get(engine, "/widget/*file", static.serve)
	get(engine, "/assets/*file", static.serve)
	get(engine, "/healthz", func(c *gin.Context) { c.String(http.StatusOK, "ok\n") })
}

// get serves GET and HEAD: RFC 9110 asks for both wherever there is one.
func get(routes gin.IRoutes, path string, handler gin.HandlerFunc) {
	routes.GET(path, handler)
	routes.HEAD(path, handler)
}

func refuse(c *gin.Context, p problem.Problem) {
	problem.Write(c.Writer, p)
	c.Abort()
}

func answer(p problem.Problem) gin.HandlerFunc {
	return func(c *gin.Context) { refuse(c, p) }
}

// methodNotAllowed repeats in words what gin has put into the Allow header.
func methodNotAllowed(c *gin.Context) {
	refuse(c, problem.MethodNotAllowed(strings.Split(c.Writer.Header().Get("Allow"), ", ")...))
}
