package httpapi

import (
	"cmp"
	"strings"

	"github.com/gin-gonic/gin"

	"mediarelay/internal/reason/catalogue"
)

// setLanguage chooses the language of the sentences in an answer to a program; the
// page and the element's files are the same in every language. Who asks for none
// of ours, or for nothing, gets English. problem.Write goes by the header as well, so that the
// upload protocol's answers need not hear of the request's.
func setLanguage(c *gin.Context) {
	if !forPrograms(c.Request.URL.Path) {
		return
	}
	h := c.Writer.Header()
	h.Add("Vary", "Accept-Language")
	if lang := catalogue.Prefer(strings.Join(c.Request.Header.Values("Accept-Language"), ",")); lang != "" {
		h.Set("Content-Language", lang)
	}
}

// languageOf is the answer's language.
func languageOf(c *gin.Context) string {
	return cmp.Or(c.Writer.Header().Get("Content-Language"), catalogue.Fallback)
}
