package httpapi

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
)

// framePath is the page that holds the worker in a hidden frame, for pages of other
// origins whose policy forbids them to start one.
const framePath = "/widget/engine.html"

// frame is that page, rendered once.
type frame struct {
	content []byte
	etag    string
	policy  string
}

// newFrame renders the page for the origins that may embed it, besides the server's own.
func newFrame(files fs.FS, origins []string) (*frame, error) {
	text, err := fs.ReadFile(files, "engine.html")
	if err != nil {
		return nil, fmt.Errorf("read the engine's page: %w", err)
	}
	parsed, err := template.New("engine.html").Parse(string(text))
	if err != nil {
		return nil, fmt.Errorf("parse the engine's page: %w", err)
	}
	allowed := strings.Join(origins, " ")
	var content bytes.Buffer
	if err := parsed.Execute(&content, allowed); err != nil {
		return nil, fmt.Errorf("render the engine's page: %w", err)
	}
	digest := sha256.Sum256(content.Bytes())
	return &frame{
		content: content.Bytes(),
		etag:    strconv.Quote(hex.EncodeToString(digest[:16])),
		policy:  framePolicy(allowed),
	}, nil
}

// framePolicy allows the page its script and its worker, and the listed origins to embed
// it. Every ancestor of the frame must be one of them.
func framePolicy(origins string) string {
	return "default-src 'none'; script-src 'self'; worker-src 'self'; require-trusted-types-for 'script'; " +
		"trusted-types mediarelay; base-uri 'none'; form-action 'none'; " +
		"frame-ancestors " + strings.TrimSpace("'self' "+origins)
}

func (f *frame) serve(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Type", contentTypes[".html"])
	h.Set("Content-Security-Policy", f.policy)
	// A page isolated by COEP embeds only frames that are isolated too.
	h.Set("Cross-Origin-Embedder-Policy", "require-corp")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("ETag", f.etag)
	// The page names files of one version, so browsers must revalidate it.
	h.Set("Cache-Control", "no-cache")
	http.ServeContent(c.Writer, c.Request, "engine.html", time.Time{}, bytes.NewReader(f.content))
}
