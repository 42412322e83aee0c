package portal

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mediarelay/internal/e2e/stage"
)

// Snippet is the README's example of embedding.
func Snippet(t testing.TB) string {
	t.Helper()
	readme, err := os.ReadFile(filepath.Join(stage.Root(), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := bytes.Cut(readme, []byte("```html\n"))
	snippet, _, closed := bytes.Cut(after, []byte("```"))
	if !found || !closed || !bytes.Contains(snippet, []byte(exampleServer+"/widget/media-upload.js")) {
		t.Fatal("README.md has no snippet of " + exampleServer)
	}
	return string(snippet)
}

// exampleServer is the media server of the snippet.
const exampleServer = "https://media.example.com"

// OwnScript makes a snippet load the script from the portal.
func OwnScript(snippet string) string {
	return strings.Replace(snippet, exampleServer+"/widget/", "/widget/", 1)
}

// Endpoint gives the snippet's element another media server; empty removes the attribute.
func Endpoint(snippet, url string) string {
	attribute := ""
	if url != "" {
		attribute = ` endpoint="` + url + `"`
	}
	return strings.Replace(snippet, ` endpoint="`+exampleServer+`"`, attribute, 1)
}

// Attribute adds an attribute to the snippet's element.
func Attribute(snippet, name, value string) string {
	return strings.Replace(snippet, "<media-upload ", `<media-upload `+name+`="`+value+`" `, 1)
}
