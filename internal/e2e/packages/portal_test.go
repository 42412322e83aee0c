package packages

import (
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage/browserstage"
)

// portal is a server of another origin than the media server. It serves an app that was
// built with the package, and a token.
type portal struct {
	*browserstage.Stage
	url string
	app http.Handler
	// policies are sent with the page and its worker.
	policies bool
	// alsoPolicy is added to the page's policy.
	alsoPolicy string
}

// pagePolicy is the policy of the package's README, with what a strict page has besides.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self' %s; worker-src 'self'"

// workerPolicy is what README tells a portal to serve the worker with.
const workerPolicy = "script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' %s"

// newPortal serves the app of a folder.
func newPortal(t *testing.T, folder string) *portal {
	t.Helper()
	p := &portal{app: http.FileServer(http.Dir(folder)), policies: true}
	server := httptest.NewServer(http.HandlerFunc(p.serve))
	t.Cleanup(server.Close)
	p.url = server.URL
	p.Stage = browserstage.NewWith(t, browserstage.Setting{Env: map[string]string{"MEDIARELAY_ALLOWED_ORIGINS": server.URL}})
	return p
}

func (p *portal) serve(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/token" {
		fmt.Fprint(w, p.Token(time.Hour))
		return
	}
	switch {
	case !p.policies:
	case strings.HasPrefix(filepath.Base(r.URL.Path), "worker-"):
		w.Header().Set("Content-Security-Policy", fmt.Sprintf(workerPolicy, p.Proxy.URL))
	case r.URL.Path == "/" || strings.HasSuffix(r.URL.Path, ".html"):
		w.Header().Set("Content-Security-Policy", fmt.Sprintf(pagePolicy, p.Proxy.URL)+p.alsoPolicy)
	}
	p.app.ServeHTTP(w, r)
}

// address is that of a page of the app.
func (p *portal) address(page string) string {
	return p.url + "/" + page + "?endpoint=" + url.QueryEscape(p.Proxy.URL)
}

// wantNoFaults wants no error on the page and no violation of its policy.
func (p *portal) wantNoFaults() {
	p.Helper()
	if faults := browserstage.Value[[]string](p.Stage, `faults`); len(faults) > 0 {
		p.Errorf("on the page: %v", faults)
	}
}

// copyFolder copies the files of a folder into another one.
func copyFolder(t testing.TB, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// packageDist is the folder of the installed package's files.
const packageDist = appsFolder + "/node_modules/@mediarelay/upload/dist"

// wantFiles wants the build to have written some files.
func wantFiles(t testing.TB, folder string, patterns ...string) {
	t.Helper()
	for _, pattern := range patterns {
		found, err := fs.Glob(os.DirFS(folder), pattern)
		if err != nil || len(found) == 0 {
			t.Errorf("the build has no %s: %v", pattern, err)
		}
	}
}
