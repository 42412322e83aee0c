package embed

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage/browserstage"
)

// site says how the portal's origin relates to that of the media server, 127.0.0.1.
type site struct{ name, host string }

var (
	// anotherSite: browsers may deny the media server's frame its storage.
	anotherSite = site{"another site", "localhost"}
	// sameSite: another port, so another origin.
	sameSite = site{"the same site", "127.0.0.1"}
)

// setting is a portal. In its texts MEDIA stands for the media server's origin.
type setting struct {
	site site
	// policy is the page's Content-Security-Policy; empty for none. SNIPPET stands for
	// the hash of the snippet's own script.
	policy string
	// change edits the snippet.
	change func(snippet string) string
	// widget serves /widget/; nil if the portal does not.
	widget func(*browserstage.Stage) http.Handler
	// stranger says that the media server does not allow the portal.
	stranger   bool
	ownBrowser bool
}

// portal is a stage on the page of a portal.
type portal struct {
	*browserstage.Stage
	page string
}

// openPortal starts a portal and a media server and opens the portal's page.
func openPortal(t *testing.T, as setting) portal {
	t.Helper()
	p := newPortal(t, as)
	p.Visit(p.page)
	return p
}

func newPortal(t *testing.T, as setting) portal {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	origin := strings.Replace(server.URL, "127.0.0.1", as.site.host, 1)
	allowed := origin
	if as.stranger {
		allowed = "https://portal.example.com"
	}
	s := browserstage.NewWith(t, browserstage.Setting{
		OwnBrowser: as.ownBrowser, Env: map[string]string{"MEDIARELAY_ALLOWED_ORIGINS": allowed},
	})
	mux.HandleFunc("GET /portal", as.servePage(t, s.Proxy.URL))
	mux.HandleFunc("POST /portal/token", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, s.Token(time.Hour)) })
	if as.widget != nil {
		mux.Handle("GET /widget/", as.widget(s))
	}
	return portal{s, origin + "/portal"}
}

// servePage serves a page with the README's snippet, whose only change is the address of
// the media server, unless the setting has another.
func (as setting) servePage(t *testing.T, media string) http.HandlerFunc {
	t.Helper()
	snippet := readmeSnippet(t)
	if as.change != nil {
		snippet = as.change(snippet)
	}
	snippet = strings.ReplaceAll(strings.ReplaceAll(snippet, "https://media.example.com", media), "MEDIA", media)
	policy := strings.NewReplacer("MEDIA", media, "SNIPPET", scriptHash(t, snippet)).Replace(as.policy)
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if policy != "" {
			w.Header().Set("Content-Security-Policy", policy)
		}
		fmt.Fprintf(w, "<!doctype html><html lang=\"en\"><title>Portal</title>\n%s\n", snippet)
	}
}

// readmeSnippet is the README's example of embedding.
func readmeSnippet(t *testing.T) string {
	t.Helper()
	readme, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := bytes.Cut(readme, []byte("```html\n"))
	snippet, _, closed := bytes.Cut(after, []byte("```"))
	if !found || !closed || !bytes.Contains(snippet, []byte("https://media.example.com/widget/media-upload.js")) {
		t.Fatal("README.md has no snippet of the media server media.example.com")
	}
	return string(snippet)
}

var inlineScript = regexp.MustCompile(`(?s)<script type="module">(.*?)</script>`)

// scriptHash is the source expression of the snippet's inline script: the portal's own
// code, which its policy has to allow in any case.
func scriptHash(t *testing.T, snippet string) string {
	t.Helper()
	found := inlineScript.FindStringSubmatch(snippet)
	if found == nil {
		t.Fatal("the snippet has no script")
	}
	sum := sha256.Sum256([]byte(found[1]))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// start drops a PDF and starts it, as the snippet's element waits for the person.
func (p portal) start(name string, size int) []byte {
	p.Helper()
	content := pdf(size)
	p.Drop(p.File(name, content))
	p.AwaitRow(name, "ready")
	p.Evaluate(`document.querySelector('media-upload').start()`)
	return content
}

// pdf is a PDF of a size in bytes that no other call returns.
func pdf(size int) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%%d\n", time.Now().UnixNano())
	for i := 0; b.Len() < size-100; i++ {
		fmt.Fprintf(&b, "%% line %d\n", i)
	}
	b.WriteString("trailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF\n")
	return b.Bytes()
}

// wantInConsole wants a line of the console that contains all parts.
func (p portal) wantInConsole(parts ...string) {
	p.Helper()
	p.Eventually(func() error {
		for _, line := range p.Console() {
			if containsAll(line, parts) {
				return nil
			}
		}
		return fmt.Errorf("the console has no line with %q: %q", parts, p.Console())
	})
}

func containsAll(text string, parts []string) bool {
	for _, part := range parts {
		if !strings.Contains(text, part) {
			return false
		}
	}
	return true
}

// workers is how many workers the page has started, which counts them by countWorkers.
func (p portal) workers() int {
	p.Helper()
	return browserstage.Value[int](p.Stage, `window.workers`)
}
