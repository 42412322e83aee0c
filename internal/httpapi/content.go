package httpapi

import (
	"errors"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"mediarelay/internal/library"
	"mediarelay/internal/problem"
	"mediarelay/internal/provider"
	"mediarelay/internal/store"
)

// content serves the bytes of an asset as an attachment. A browser must never run them in
// this origin, whatever they are: the headers forbid that for a page that opens them too.
func (h assetHandler) content(c *gin.Context) {
	a, ok := h.find(c)
	if !ok {
		return
	}
	content, err := h.bytes.Open(c.Request.Context(), a.Content.UploadID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		refuse(c, problem.Gone("The bytes of the asset are no longer kept. See MEDIARELAY_RETENTION."))
		return
	case errors.Is(err, store.ErrAway):
		refuse(c, problem.StoreAway())
		return
	case err != nil:
		fail(c, h.logger, err)
		return
	}
	defer func() { _ = content.Close() }() // it was only read
	writeContentHeaders(c.Writer.Header(), a)
	http.ServeContent(c.Writer, c.Request, "", time.Time{}, content)
}

func writeContentHeaders(header http.Header, a library.Asset) {
	name := provider.SendAs(a.Filename, a.Content.Type)
	header.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	header.Set("Content-Type", a.Content.Type)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	header.Set("Cache-Control", "private, no-cache")
	header.Set("ETag", strconv.Quote(a.Content.SHA256))
}
