//go:build compare

package clients

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/chromedp/chromedp"

	"mediarelay/internal/e2e/stage/browserstage"
	"mediarelay/internal/e2e/stage/proxy"
)

// comparedClient is a client that uploads from a page. Each page implements
// window.compare:
//
//	states()   the state of each file: done, failed, refused, or another one
//	trouble()  the client's own description of a failure
//	pause(), resume()
//	retry()    what a person does with a failed file
//	restore    what a person does to continue after the browser was killed; undefined
//	           if the file has to be chosen again
type comparedClient struct {
	name string
	zone string // where files are dropped
	open func(*browserstage.Stage, ...string)
}

var comparedClients = []comparedClient{
	{"mediarelay", `document.querySelector('media-upload').shadowRoot.querySelector('[part~=dropzone]')`, openElement},
	{"Uppy", `document.querySelector('[part=dropzone]')`, openPage("uppy")},
	{"tus-js-client", `document.querySelector('[part=dropzone]')`, openPage("tus")},
}

// elementDriver implements window.compare for the upload element.
const elementDriver = `
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

// openElement opens the upload page.
func openElement(s *browserstage.Stage, tokens ...string) {
	s.Helper()
	s.Visit(s.Proxy.URL + "/#token=" + tokens[0])
	s.Evaluate(tokensOfPage(tokens) + elementDriver)
}

// openPage opens a page of scripts/compare. The proxy serves it, since the server's
// content security policy would block other clients.
func openPage(name string) func(*browserstage.Stage, ...string) {
	return func(s *browserstage.Stage, tokens ...string) {
		s.Helper()
		s.Do(chromedp.Navigate(s.Proxy.URL + "/compare/" + name + ".html"))
		s.Until(`window.compare`)
		s.Evaluate(tokensOfPage(tokens))
	}
}

func tokensOfPage(tokens []string) string {
	return fmt.Sprintf("window.tokens = %q.split(' ')\n", strings.Join(tokens, " "))
}

// servePages lets the proxy serve the pages of other clients.
func servePages(p *proxy.Proxy) {
	server, scripts := p.Handler, http.StripPrefix("/compare/", http.FileServer(http.Dir("../../../bin/compare")))
	p.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
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

// receivedBytes is how many bytes of files have left the browser.
func receivedBytes(p *proxy.Proxy) int64 {
	sum := int64(0)
	for _, r := range p.Requests() {
		sum += r.Received
	}
	return sum
}

// visitor is a person with one client.
type visitor struct {
	*browserstage.Stage
	comparedClient
	tokens []string
	second *visitor // in another tab
}

func (v *visitor) visit() {
	v.Helper()
	v.comparedClient.open(v.Stage, v.tokens...)
}

func (v *visitor) choose(path string) {
	v.Helper()
	v.DropOn(v.zone, path)
}

func (v *visitor) perform(what string) {
	v.Helper()
	v.Evaluate("void compare." + what + "()")
}

// awaitSent waits until a number of bytes have left the browser.
func (v *visitor) awaitSent(bytes int64) {
	v.Helper()
	v.Eventually(func() error {
		if sent := receivedBytes(v.Proxy); sent < bytes {
			return fmt.Errorf("%s has sent %d bytes of %d: %s", v.name, sent, bytes, browserstage.Value[string](v.Stage, `compare.trouble()`))
		}
		return nil
	})
}

// awaitOutcome waits until every file of the page is done, or one has failed or is
// refused, and returns that state; nothing if it takes longer.
func (v *visitor) awaitOutcome(patience time.Duration) string {
	v.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		ended := browserstage.Value[string](v.Stage, `(states => states.find(state => state === 'failed' || state === 'refused')
			?? (states.length && states.every(state => state === 'done') ? 'done' : ''))(compare.states())`)
		if ended != "" {
			return ended
		}
	}
	return ""
}
