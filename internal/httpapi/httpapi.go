// Package httpapi is the HTTP interface of the server: the router, authorization,
// uploads and assets as JSON and as server-sent events, the page and the element's
// files, and security headers. A second handler serves readiness and metrics to
// operators.
//
// It leaves to others: the tus protocol (intake, as Config.Files), storing uploads
// and assets (library), and verifying tokens (auth).
package httpapi

import (
	"cmp"
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"mediarelay/internal/auth"
	"mediarelay/internal/library"
	"mediarelay/internal/problem"
	"mediarelay/internal/provider"
	"mediarelay/internal/store"
)

// Verifier verifies a bearer token. Its errors are those of package auth.
type Verifier interface {
	Verify(token string) (auth.Claims, error)
}

// Uploads gives access to uploads. Its methods return library.ErrNotFound for an
// upload that does not exist or that the caller has no access to.
type Uploads interface {
	Upload(ctx context.Context, caller library.Caller, id string) (library.Upload, error)
	// RetryUpload starts another attempt to relay a failed upload. It returns
	// library.ErrState if the upload has not failed, and library.ErrFinal if it
	// cannot succeed.
	RetryUpload(ctx context.Context, caller library.Caller, id string) error
	// Subscribe returns a channel that receives a value after each change by this
	// process; stop ends the subscription.
	Subscribe(uploadID string) (changes <-chan struct{}, stop func())
}

// Feed gives access to the uploads of a caller as they change.
type Feed interface {
	// Follow returns a follower of what changes from now on; stop ends it.
	Follow(caller library.Caller) (f *library.Follower, stop func())
	// Open lists the uploads that have not ended, with since only those that have changed
	// since then.
	Open(ctx context.Context, caller library.Caller, since time.Time, limit int) ([]library.Upload, error)
	// EndedOf lists uploads that have ended.
	EndedOf(ctx context.Context, q library.EndedQuery) ([]library.Upload, error)
}

// Assets gives access to the assets of a channel. Its methods return
// library.ErrNotFound for an asset that does not exist or belongs to another channel.
type Assets interface {
	Asset(ctx context.Context, channel, id string) (library.Asset, error)
	// Assets returns library.ErrNotFound if the cursor is not from an earlier page.
	Assets(ctx context.Context, q library.AssetQuery) (library.AssetPage, error)
	// AssetsSince lists the assets that have changed since a time.
	AssetsSince(ctx context.Context, channel string, since time.Time) ([]library.Change, error)
	// UpdateAsset returns library.ErrNameTaken if the person has the name already.
	UpdateAsset(ctx context.Context, channel, id string, change library.AssetChange) (library.Asset, error)
}

// Bytes gives access to the stored bytes of uploads. Open returns store.ErrNotFound if they
// are no longer kept.
type Bytes interface {
	Open(ctx context.Context, uploadID string) (*store.Content, error)
}

// Messages sends messages through the provider of a channel. Its errors are those of the
// provider.
type Messages interface {
	SendMessage(ctx context.Context, channel string, m provider.Message) (provider.MessageID, error)
}

// Offsets returns how many bytes of an unfinished upload are stored. An error that wraps
// a problem is passed on to the client.
type Offsets interface {
	Offset(ctx context.Context, uploadID string) (int64, error)
}

// Config configures the public handler. Every field is required unless stated
// otherwise.
type Config struct {
	Verifier Verifier
	Uploads  Uploads
	Feed     Feed
	Assets   Assets
	Bytes    Bytes
	Messages Messages
	Offsets  Offsets
	// Files serves everything under /files/. The claims of the token, which has the
	// scope that the request needs, are in the request's context.
	Files http.Handler
	// Web contains index.html, engine.html, widget/ and assets/, with compressed files
	// as .br and .gz beside the originals.
	Web fs.FS
	// AllowedOrigins are the origins whose pages may call /files and /v1 and embed the
	// engine's frame, besides the server's own; may be empty.
	AllowedOrigins []string
	// Sandbox makes the page say that nothing is sent to WhatsApp.
	Sandbox bool
	// Now is the library's clock, by which copies expire.
	Now     func() time.Time
	Logger  *slog.Logger
	Metrics *Metrics
	// TrustedProxies are the networks whose X-Forwarded-For and Forwarded are believed;
	// may be empty.
	TrustedProxies []netip.Prefix

	timing       streamTiming // zero means defaultTiming
	streamLimits streamLimits // zero means defaultStreamLimits
}

// New returns the public handler. It fails if a required web file is missing.
func New(c Config) (http.Handler, error) {
	static, err := newStatic(c.Web)
	if err != nil {
		return nil, err
	}
	page, err := newPage(c.Web, c.Sandbox)
	if err != nil {
		return nil, err
	}
	frame, err := newFrame(c.Web, c.AllowedOrigins)
	if err != nil {
		return nil, err
	}
	rules, err := newRuleTable()
	if err != nil {
		return nil, err
	}
	engine := newEngine(c)
	routeFiles(engine, c)
	routeUploads(engine, c)
	routeAssets(engine, c)
	routeMessages(engine, c)
	get(engine, "/v1/rules", rules.serve)
	routePages(engine, pages{page, frame, static})
	return overrideMethod(engine), nil
}

// newEngine returns a router with the middleware of all requests, in this order.
func newEngine(c Config) *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	engine.RedirectTrailingSlash = false
	// gin trusts every X-Forwarded-For by default, and a client can send any. identify
	// finds the client's address.
	if err := engine.SetTrustedProxies(nil); err != nil {
		panic("httpapi: internal error: " + err.Error())
	}
	engine.Use(c.Metrics.measure, identify(c.TrustedProxies), logAccess(c.Logger), recoverPanic(c.Logger), setHeaders, setLanguage, checkHeaders)
	if len(c.AllowedOrigins) > 0 {
		engine.Use(allowOrigins(c.AllowedOrigins))
	}
	engine.NoRoute(func(c *gin.Context) { refuse(c, problem.NotFound()) })
	engine.NoMethod(methodNotAllowed)
	return engine
}

func routeFiles(engine *gin.Engine, c Config) {
	files := []gin.HandlerFunc{exceptOptions(requireUploadScope(c)), exceptOptions(requireScopeToCreate), gin.WrapH(c.Files)}
	engine.Any("/files", files...)
	engine.Any("/files/*any", files...)
}

func routeUploads(engine *gin.Engine, c Config) {
	handler := uploadHandler{
		uploads: c.Uploads, feed: c.Feed, assets: c.Assets, offsets: c.Offsets,
		now: c.Now, logger: c.Logger, timing: cmp.Or(c.timing, defaultTiming),
		streams: newStreams(cmp.Or(c.streamLimits, defaultStreamLimits)),
	}
	engine.GET("/v1/events", requireUploadScope(c), handler.allEvents)
	uploads := engine.Group("/v1/uploads/:id", requireUploadScope(c))
	get(uploads, "", handler.show)
	uploads.GET("/events", handler.events)
	uploads.POST("/retry", handler.retry)
}

func routeAssets(engine *gin.Engine, c Config) {
	handler := assetHandler{assets: c.Assets, bytes: c.Bytes, now: c.Now, logger: c.Logger}
	read := requireScope(c.Verifier, c.Logger, auth.ScopeAssetsRead)
	get(engine.Group("/v1/assets", read), "", handler.list)
	get(engine.Group("/v1/assets", read), "/:id", handler.show)
	get(engine.Group("/v1/assets", read), "/:id/content", handler.content)
	engine.PATCH("/v1/assets/:id", requireScope(c.Verifier, c.Logger, auth.ScopeAssetsWrite), handler.update)
}

func routeMessages(engine *gin.Engine, c Config) {
	handler := messageHandler{assets: c.Assets, messages: c.Messages, now: c.Now, logger: c.Logger}
	engine.POST("/v1/messages", requireScope(c.Verifier, c.Logger, auth.ScopeMessagesSend), handler.send)
}

// pages are what browsers load.
type pages struct {
	page   *page
	frame  *frame
	static *static
}

func routePages(engine *gin.Engine, p pages) {
	get(engine, "/", p.page.serve)
	get(engine, "/widget/*file", p.serveWidget)
	get(engine, "/assets/*file", p.static.serve)
	get(engine, "/healthz", func(c *gin.Context) { c.String(http.StatusOK, "ok\n") })
}

// serveWidget serves what pages of other origins load. gin has no route beside a
// catch-all.
func (p pages) serveWidget(c *gin.Context) {
	if c.Request.URL.Path == framePath {
		p.frame.serve(c)
		return
	}
	p.static.serve(c)
}

// get routes GET and HEAD: RFC 9110 requires a server to support both.
func get(routes gin.IRoutes, path string, handler gin.HandlerFunc) {
	routes.GET(path, handler)
	routes.HEAD(path, handler)
}

// refuse writes a problem and skips the handlers that follow. The client may still be
// sending: no token is needed to begin a body.
func refuse(c *gin.Context, p problem.Problem) {
	problem.WriteEarly(c.Writer, c.Request, p)
	c.Abort()
}

// methodNotAllowed lists the methods of the Allow header, which gin has set.
func methodNotAllowed(c *gin.Context) {
	refuse(c, problem.MethodNotAllowed(strings.Split(c.Writer.Header().Get("Allow"), ", ")...))
}
