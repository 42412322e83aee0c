package provider

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"unicode"
)

// maxTextBytes bounds a text that is kept of an answer: the longest that the API
// is known to send, its list of media types, has 600 bytes.
const maxTextBytes = 1000

// confidential finds what an API may repeat in a message and what must not be
// kept: session ids, handles, signatures of links, and access tokens.
var confidential = regexp.MustCompile(strings.Join([]string{
	`upload:[A-Za-z0-9+/=_%?&.-]+`,
	`\b\d:[A-Za-z0-9+/=_-]*:[A-Za-z0-9+/=_-]*:[A-Za-z0-9+/=_:-]+`,
	`\b(sig|hash|access_token)=[^&\s"']+`,
	`\bEAA[A-Za-z0-9]{20,}`,
}, "|"))

// clean makes a text of an answer fit for a log: no secret, one line, bounded.
func clean(text string) string {
	text = confidential.ReplaceAllString(text, redacted)
	text = strings.Join(strings.FieldsFunc(text, notPrintable), " ")
	if len(text) > maxTextBytes {
		text = strings.ToValidUTF8(text[:maxTextBytes], "") + "…"
	}
	return text
}

func notPrintable(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }

var (
	htmlHidden = regexp.MustCompile(`(?is)<(style|script)\b.*?</(style|script)>`)
	htmlTag    = regexp.MustCompile(`(?s)<[^>]*>`)
)

// plainText says in a line what came in place of the API's JSON, usually a
// proxy's page.
func plainText(contentType string, body []byte) string {
	text := htmlHidden.ReplaceAllString(string(body), " ")
	text = html.UnescapeString(strings.TrimSpace(htmlTag.ReplaceAllString(text, " ")))
	if contentType == "" {
		contentType = "no type"
	}
	said := fmt.Sprintf("an answer that is not the API's (%s, %d bytes)", contentType, len(body))
	if text == "" {
		return said
	}
	return said + ": " + text
}
