package httpapi

import (
	"cmp"
	"strings"

	"github.com/gin-gonic/gin"

	"mediarelay/internal/reason/catalogue"
)

// setLanguage sets the Content-Language of an API response from Accept-Language;
// English is the default. The page and the element's files are the same in every
// language. problem.Write reads the language from the response's header, so that
// handlers, such as tus, need not pass it on.
func setLanguage(c *gin.Context) {
	if !isAPI(c.Request.URL.Path) {
		return
	}
	h := c.Writer.Header()
	h.Add("Vary", "Accept-Language")
	if lang := catalogue.Prefer(strings.Join(c.Request.Header.Values("Accept-Language"), ",")); lang != "" {
		h.Set("Content-Language", lang)
	}
}

// languageOf returns the language of the response.
func languageOf(c *gin.Context) string {
	return cmp.Or(c.Writer.Header().Get("Content-Language"), catalogue.Fallback)
}
