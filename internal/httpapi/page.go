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
	"time"

	"github.com/gin-gonic/gin"

	"mediarelay/internal/preflight/rulespage"
)

// pagePolicy lets the page run its own scripts, styles and worker, talk to its own
// server, and show previews of files that the person chose; nothing else.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
	"worker-src 'self'; img-src 'self' blob:; require-trusted-types-for 'script'; " +
	"base-uri 'none'; frame-ancestors 'none'; form-action 'none'"

// page is the upload page, rendered once: nothing in it depends on the request.
type page struct {
	content []byte
	etag    string
}

// pageData is what the page's template can show.
type pageData struct {
	Sandbox bool
	Limits  []rulespage.Limit
	// Hint and Handles are sentences on the limits.
	Hint, Handles string
}

func newPage(files fs.FS, sandbox bool) (*page, error) {
	text, err := fs.ReadFile(files, "index.html")
	if err != nil {
		return nil, fmt.Errorf("read the page: %w", err)
	}
	parsed, err := template.New("index.html").Parse(string(text))
	if err != nil {
		return nil, fmt.Errorf("parse the page: %w", err)
	}
	var content bytes.Buffer
	shown := pageData{Sandbox: sandbox, Limits: rulespage.Limits(), Hint: rulespage.Hint(), Handles: rulespage.Handles()}
	if err := parsed.Execute(&content, shown); err != nil {
		return nil, fmt.Errorf("render the page: %w", err)
	}
	digest := sha256.Sum256(content.Bytes())
	return &page{content: content.Bytes(), etag: strconv.Quote(hex.EncodeToString(digest[:16]))}, nil
}

func (p *page) serve(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Type", contentTypes[".html"])
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("ETag", p.etag)
	// It names the files of this very version, so it is asked for each time.
	h.Set("Cache-Control", "no-cache")
	http.ServeContent(c.Writer, c.Request, "index.html", time.Time{}, bytes.NewReader(p.content))
}
