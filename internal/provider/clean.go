package provider

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"unicode"
)

// maxTextBytes is the maximum length of a text of a response. The longest known one,
// the API's list of media types, has 600 bytes.
const maxTextBytes = 1000

// confidential matches secrets that an API may repeat in a message: session ids,
// handles, signatures of links, and access tokens.
var confidential = regexp.MustCompile(strings.Join([]string{
	`upload:[A-Za-z0-9+/=_%?&.-]+`,
	`\b\d:[A-Za-z0-9+/=_-]*:[A-Za-z0-9+/=_-]*:[A-Za-z0-9+/=_:-]+`,
	`\b(sig|hash|access_token)=[^&\s"']+`,
	`\bEAA[A-Za-z0-9]{20,}`,
}, "|"))

// clean prepares a text of a response for a log: redacted, on one line, truncated.
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

// plainText describes a response without the API's JSON, usually the page of a proxy,
// on one line.
func plainText(contentType string, body []byte) string {
	text := htmlHidden.ReplaceAllString(string(body), " ")
	text = html.UnescapeString(strings.TrimSpace(htmlTag.ReplaceAllString(text, " ")))
	if contentType == "" {
		contentType = "no type"
	}
	description := fmt.Sprintf("unrecognized response (%s, %d bytes)", contentType, len(body))
	if text == "" {
		return description
	}
	return description + ": " + text
}
