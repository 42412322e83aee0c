package portal

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage/browserstage"
	"mediarelay/web"
)

// Site says how the portal's origin relates to that of the media server, 127.0.0.1.
type Site struct{ Name, host string }

var (
	// AnotherSite: browsers may deny the media server's frame its storage.
	AnotherSite = Site{"another site", "localhost"}
	// SameSite: another port, so another origin.
	SameSite = Site{"the same site", "127.0.0.1"}
)

// Setting is a portal. The zero value serves the README's snippet without a policy.
type Setting struct {
	Site Site
	// Policy is the page's Content-Security-Policy, in the form of docs/embedding.md; empty for none.
	Policy string
	// Change edits the snippet; nil leaves it as it is.
	Change func(snippet string) string
	// Widget serves /widget/; nil if the portal does not.
	Widget func(*browserstage.Stage) http.Handler
	// Stranger says that the media server does not allow the portal.
	Stranger bool
	// OwnBrowser and WebFiles are as in browserstage.
	OwnBrowser bool
	WebFiles   fs.FS
	// Browser is a browser other than Chromium; nil for Chromium.
	Browser browserstage.Browser
}

// Portal is a stage on the page of a portal.
type Portal struct {
	*browserstage.Stage
	// Address is the URL of the page.
	Address string
}

// Open starts a portal and a media server and opens the portal's page.
func Open(t testing.TB, as Setting) Portal {
	t.Helper()
	p := New(t, as)
	p.Visit(p.Address)
	return p
}

// New is Open without opening the page.
func New(t testing.TB, as Setting) Portal {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	origin := strings.Replace(server.URL, "127.0.0.1", as.Site.host, 1)
	s := as.stage(t, origin)
	mux.HandleFunc("GET /portal", as.servePage(t, s.Proxy.URL))
	mux.HandleFunc("POST /portal/token", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, s.Token(time.Hour)) })
	if as.Widget != nil {
		mux.Handle("GET /widget/", as.Widget(s))
	}
	return Portal{s, origin + "/portal"}
}

func (as Setting) stage(t testing.TB, origin string) *browserstage.Stage {
	t.Helper()
	if as.Stranger {
		origin = "https://portal.example.com"
	}
	setting := browserstage.Setting{OwnBrowser: as.OwnBrowser, WebFiles: as.WebFiles, Env: map[string]string{"MEDIARELAY_ALLOWED_ORIGINS": origin}}
	if as.Browser != nil {
		return browserstage.NewIn(t, as.Browser, setting)
	}
	return browserstage.NewWith(t, setting)
}

// servePage serves a page with the README's snippet, whose only change is the address of
// the media server, unless the setting has another.
func (as Setting) servePage(t testing.TB, media string) http.HandlerFunc {
	t.Helper()
	page := Snippet(t)
	if as.Change != nil {
		page = as.Change(page)
	}
	page = strings.ReplaceAll(page, exampleServer, media)
	if as.Browser != nil {
		page = "<script>" + browserstage.PageScript + "</script>" + page
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		nonce := rand.Text()
		if as.Policy != "" {
			w.Header().Set("Content-Security-Policy", fill(as.Policy, media, nonce))
		}
		fmt.Fprintf(w, "<!doctype html><html lang=\"en\"><title>Portal</title>\n%s\n", withNonce(page, nonce))
	}
}

// OwnCopy is the portal's copy of the package's files, with the policy of
// docs/embedding.md.
func OwnCopy(s *browserstage.Stage) http.Handler {
	files := http.FileServerFS(web.Files())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", fill(WorkerFilePolicy, s.Proxy.URL, ""))
		files.ServeHTTP(w, r)
	})
}

// Proxied passes /widget/ on to the media server.
func Proxied(s *browserstage.Stage) http.Handler {
	target, err := url.Parse(s.Server.URL())
	s.Must(err)
	return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}
}

// Begin drops a PDF and starts it, as the snippet's element waits for the person.
func (p Portal) Begin(name string, size int) []byte {
	p.Helper()
	content := PDF(size)
	p.Drop(p.File(name, content))
	p.AwaitRow(name, "ready")
	p.Evaluate(`document.querySelector('media-upload').start()`)
	return content
}

// PDF is a PDF of about a size in bytes that no other call returns.
func PDF(size int) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%%d\n", time.Now().UnixNano())
	for i := 0; b.Len() < size-100; i++ {
		fmt.Fprintf(&b, "%% line %d\n", i)
	}
	b.WriteString("trailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF\n")
	return b.Bytes()
}

// WantInConsole wants a line of the console that contains all parts.
func (p Portal) WantInConsole(parts ...string) {
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
