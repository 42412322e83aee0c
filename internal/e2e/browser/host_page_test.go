package browser

import (
	"fmt"
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

// host is a page of somebody else's site around the element. It serves the widget's files
// itself, without any policy.
type host struct {
	*browserstage.Stage
	url string
}

// newHost opens a page with a body, in which ENDPOINT is the media server's URL. The
// elements get a token.
func newHost(t *testing.T, body string) host {
	t.Helper()
	h := unopenedHost(t, browserstage.Setting{}, body)
	h.open("/page")
	return h
}

// unopenedHost serves the page under every path that starts with /page, and the media
// server's own paths under /media.
func unopenedHost(t *testing.T, as browserstage.Setting, body string) host {
	t.Helper()
	var h host
	files := http.FileServerFS(web.Files())
	if as.WebFiles != nil {
		files = http.FileServerFS(as.WebFiles)
	}
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if path, ok := strings.CutPrefix(r.URL.Path, "/media"); ok {
			media, _ := url.Parse(h.Proxy.URL)
			r.URL.Path = path
			httputil.NewSingleHostReverseProxy(media).ServeHTTP(w, r)
			return
		}
		if !strings.HasPrefix(r.URL.Path, "/page") {
			files.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		page := `<!doctype html><html lang="en"><title>Site</title><script>window.good = "` + h.Token(time.Hour) + `"</script>` + body
		if !strings.Contains(body, "media-upload.js") {
			page += `<script type="module" src="http://` + r.Host + `/widget/media-upload.js"></script>`
		}
		fmt.Fprint(w, strings.ReplaceAll(page, "ENDPOINT", h.Proxy.URL))
	}))
	t.Cleanup(site.Close)
	if as.Env == nil {
		as.Env = map[string]string{}
	}
	as.Env["MEDIARELAY_ALLOWED_ORIGINS"] = site.URL
	h = host{Stage: browserstage.NewWith(t, as), url: site.URL}
	return h
}

// open opens a path of the site, with its query and fragment.
func (h host) open(path string) {
	h.Helper()
	h.Visit(h.url + path)
	h.Evaluate(`window.asked = 0
		for (const element of document.querySelectorAll('media-upload')) element.getToken ??= async () => { asked++; return good }`)
}

// add gives a text file to the element that a selector finds.
func (h host) add(selector, name string, size int) {
	h.Helper()
	h.Evaluate(fmt.Sprintf(`document.querySelector(%q).addFiles([new File(['a line of text\n'.repeat(%d)], %q, { type: 'text/plain' })])`, selector, size/15, name))
}

// warnings is what we said in the page's console, apart from how the engine is reached.
func (h host) warnings() []string {
	h.Helper()
	return browserstage.Value[[]string](h.Stage, `said.filter(line => line.includes('media-upload:') && !line.startsWith('info media-upload: the engine runs in'))`)
}

// recordConsole records the console of the page; for the head of a page.
const recordConsole = `<script>window.said = []
	for (const level of ['info', 'warn', 'error']) { const say = console[level]; console[level] = (...words) => { said.push(level + ' ' + words.join(' ')); say.apply(console, words) } }</script>`
