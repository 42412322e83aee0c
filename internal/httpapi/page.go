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
	"mediarelay/internal/reason/catalogue"
)

// pagePolicy allows the page its own scripts, styles and worker, requests to its own
// server, and previews of chosen files (blob:).
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
	"worker-src 'self'; img-src 'self' blob:; require-trusted-types-for 'script'; " +
	"base-uri 'none'; frame-ancestors 'none'; form-action 'none'"

// page is the upload page, rendered once: it does not depend on the request.
type page struct {
	content []byte
	etag    string
}

// pageData is the data of the page's template.
type pageData struct {
	Sandbox      bool
	rules        // in English, like the rest of the HTML
	Translations []rules
}

// rules are the rules described in one language.
type rules struct {
	Language string
	Limits   []rulespage.Limit
	// Hint and Handles are sentences about the limits.
	Hint, Handles string
}

func rulesIn(lang string) rules {
	return rules{Language: lang, Limits: rulespage.Limits(lang), Hint: rulespage.Hint(lang), Handles: rulespage.Handles(lang)}
}

// newPageData includes the rules in every language: the page's script chooses the
// browser's.
func newPageData(sandbox bool) pageData {
	data := pageData{Sandbox: sandbox, rules: rulesIn(catalogue.Fallback)}
	for _, lang := range catalogue.Languages() {
		if lang != catalogue.Fallback {
			data.Translations = append(data.Translations, rulesIn(lang))
		}
	}
	return data
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
	if err := parsed.Execute(&content, newPageData(sandbox)); err != nil {
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
	// The page names files of one version, so browsers must revalidate it.
	h.Set("Cache-Control", "no-cache")
	http.ServeContent(c.Writer, c.Request, "index.html", time.Time{}, bytes.NewReader(p.content))
}
