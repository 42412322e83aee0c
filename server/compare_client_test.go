//go:build compare

package main

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
)

// client is one that uploads from a page. Each page answers by window.compare:
//
//	states()   what has become of each file: done, failed, refused, or something else on its way
//	trouble()  what the client itself says of a failure
//	pause(), resume()
//	retry()    what a person does with a file that has failed
//	restore    what a person does to go on after the browser was killed; undefined
//	           where there is nothing to press and the file is chosen again
type client struct {
	name string
	zone string // where files are dropped
	open func(*stage, ...string)
}

var clients = []client{
	{"mediarelay", `document.querySelector('media-upload').shadowRoot.querySelector('[part~=dropzone]')`, openOwn},
	{"Uppy", `document.querySelector('[part=dropzone]')`, openPage("uppy")},
	{"tus-js-client", `document.querySelector('[part=dropzone]')`, openPage("tus")},
}

// own answers for the element as the pages of the others do for theirs.
const own = `
	const element = document.querySelector('media-upload')
	element.setAttribute('purpose', 'message')
	element.toggleAttribute('auto-start', true)
	let used = 0
	element.getToken = async ({ reason }) => {
		if (reason !== 'missing') used++
		return tokens[Math.min(used, tokens.length - 1)]
	}
	const press = action => element.shadowRoot.querySelectorAll('[data-action=' + action + ']').forEach(button => button.click())
	window.compare = {
		states: () => element.files.map(({ state }) => state),
		trouble: () => element.shadowRoot.querySelector('[data-code]')?.dataset.code ?? '',
		pause: () => press('pause'),
		resume: () => press('resume'),
		retry: () => press('retry'),
		restore: undefined,
	}`

func openOwn(s *stage, tokens ...string) {
	s.Helper()
	s.visit(s.proxy.url + "/#token=" + tokens[0])
	s.evaluate(tokensOfPage(tokens) + own)
}

// openPage opens a page that scripts/compare has the script of. It comes from the
// proxy and not from the server, whose policy would bar what others do.
func openPage(name string) func(*stage, ...string) {
	return func(s *stage, tokens ...string) {
		s.Helper()
		s.do(chromedp.Navigate(s.proxy.url + "/compare/" + name + ".html"))
		s.until(`window.compare`)
		s.evaluate(tokensOfPage(tokens))
	}
}

func tokensOfPage(tokens []string) string {
	return fmt.Sprintf("window.tokens = %q.split(' ')\n", strings.Join(tokens, " "))
}

// servePages lets the proxy answer for the pages of other clients.
func (p *proxy) servePages() {
	server, scripts := p.forward, http.StripPrefix("/compare/", http.FileServer(http.Dir("../bin/compare")))
	p.forward = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, page := strings.CutSuffix(strings.TrimPrefix(r.URL.Path, "/compare/"), ".html")
		switch {
		case !strings.HasPrefix(r.URL.Path, "/compare/"):
			server.ServeHTTP(w, r)
		case page:
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprintf(w, `<!doctype html><title>%[1]s</title><div part="dropzone" style="padding: 9em">Drop files here</div><script type="module" src="%[1]s.js"></script>`, name)
		default:
			scripts.ServeHTTP(w, r)
		}
	})
}

// received is how many bytes of files have left the browser.
func (p *proxy) received() int64 {
	sum := int64(0)
	for _, r := range p.seen() {
		sum += r.received
	}
	return sum
}

// visitor is a person with one client.
type visitor struct {
	*stage
	client
	tokens []string
	second *visitor // in another tab
}

func (v *visitor) come() {
	v.Helper()
	v.client.open(v.stage, v.tokens...)
}

func (v *visitor) choose(path string) {
	v.Helper()
	v.must(chromiumTab{v.browser}.dropOn(v.zone, []string{path}))
}

func (v *visitor) does(what string) {
	v.Helper()
	v.evaluate("void compare." + what + "()")
}

// reaches waits until so many bytes have left the browser.
func (v *visitor) reaches(bytes int64) {
	v.Helper()
	v.eventually(func() error {
		if sent := v.proxy.received(); sent < bytes {
			return fmt.Errorf("%s has sent %d bytes of %d: %s", v.name, sent, bytes, value[string](v.stage, `compare.trouble()`))
		}
		return nil
	})
}

// settles waits until every file of the page is done, or one has failed or is
// refused, and says which; nothing where it takes longer.
func (v *visitor) settles(patience time.Duration) string {
	v.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		ended := value[string](v.stage, `(states => states.find(state => state === 'failed' || state === 'refused')
			?? (states.length && states.every(state => state === 'done') ? 'done' : ''))(compare.states())`)
		if ended != "" {
			return ended
		}
	}
	return ""
}
