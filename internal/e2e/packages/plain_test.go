package packages

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
)

// newPlainPortal serves the plain pages and the package's files, without a bundler, and
// opens a page.
func newPlainPortal(t *testing.T, page string) *portal {
	t.Helper()
	p := plainPortal(t)
	p.Must(p.Page().Navigate(p.address(page)))
	return p
}

func plainPortal(t *testing.T) *portal {
	t.Helper()
	install(t)
	folder := t.TempDir()
	copyFolder(t, appsFolder+"/plain", folder)
	copyFolder(t, packageDist, folder+"/dist")
	return newPortal(t, folder)
}

// choose gives files to the page's own input.
func (p *portal) choose(paths ...string) {
	p.Helper()
	p.Do(chromedp.SetUploadFiles("input", paths))
}

// detail is what the uploader says of a file.
type detail struct {
	ID, Name, State string
	Asset           *struct {
		MediaID string `json:"media_id"`
		SHA256  string `json:"sha256"`
	}
}

func (p *portal) awaitFile(name, state string) detail {
	p.Helper()
	found := fmt.Sprintf(`uploader.files.find(file => file.name === %q && file.state === %q)`, name, state)
	p.Until(found)
	return browserstage.Value[detail](p.Stage, found)
}

func TestHeadless(t *testing.T) {
	t.Parallel()
	p := newPlainPortal(t, "headless.html")
	p.Until(`window.uploader`)
	content := stage.Notes(3 << 20)
	p.choose(p.File("notes.txt", content), p.File("page.html", []byte("<html><body>Hello</body></html>")))

	refused := p.awaitFile("page.html", "refused")
	ready := p.awaitFile("notes.txt", "ready")
	p.Evaluate(fmt.Sprintf(`uploader.remove(%q)`, refused.ID))

	p.Proxy.SetRate(1 << 20)
	p.Evaluate(`uploader.start()`)
	p.Until(`uploader.files[0].bytesAccepted > 0`)
	p.Evaluate(fmt.Sprintf(`uploader.pause(%q)`, ready.ID))
	p.awaitFile("notes.txt", "paused")
	p.Proxy.SetRate(0)
	p.Evaluate(`uploader.resume()`)
	done := p.awaitFile("notes.txt", "done")
	digest := stage.Digest(content)
	p.WantAtProvider(done.Asset.MediaID, digest)
	p.WantStored(digest)
	p.WantNothingLeft()
	p.WantOneUpload()

	results := browserstage.Value[[]map[string]string](p.Stage, `uploader.results()`)
	if len(results) != 1 || results[0]["media_id"] != done.Asset.MediaID || results[0]["name"] != "notes.txt" || results[0]["media_id_expires_at"] == "" {
		t.Errorf("results() is %v", results)
	}
	p.wantEvents("file-added", "file-checked", "file-refused", "upload-start", "upload-pause", "upload-resume", "upload-success", "complete")
	p.wantNoFaults()
}

// wantEvents wants each of the events at least once, and no other.
func (p *portal) wantEvents(want ...string) {
	p.Helper()
	names := browserstage.Value[[]string](p.Stage, `[...new Set(heard.map(event => event.name))].sort()`)
	slices.Sort(want)
	if !slices.Equal(names, want) {
		p.Errorf("the events are %v, want %v", names, want)
	}
}

// An uploader that is closed while its code is still loading starts no worker, dispatches no
// event, and answers the calls that wait.
func TestHeadlessClosedBeforeItsEngineIsLoaded(t *testing.T) {
	t.Parallel()
	p := newPlainPortal(t, "headless.html")
	p.Until(`window.uploader`)
	codes := browserstage.Value[[]string](p.Stage, `(async () => {
		window.started = 0
		window.Worker = class extends Worker { constructor(...how) { super(...how); started++ } }
		uploader.addEventListener('change', () => heard.push({ name: 'change' }))
		const file = new File(['Hello'], 'notes.txt')
		uploader.add([file])
		const answers = [uploader.restore(), uploader.check(file)]
		heard.length = 0
		uploader.close()
		answers.push(uploader.restore(), uploader.check(file))
		uploader.add([file])
		uploader.start()
		return Promise.all(answers.map(answer => answer.then(() => 'an answer', error => error.code)))
	})()`)
	if want := slices.Repeat([]string{"engine_unavailable"}, 4); !slices.Equal(codes, want) {
		t.Errorf("the calls end with %q, want %q", codes, want)
	}
	p.Evaluate(`setTimeout(() => { window.over = true }, 1000)`) // nothing reports that nothing starts
	p.Until(`window.over`)
	if started := browserstage.Value[int](p.Stage, `started`); started != 0 {
		t.Errorf("%d workers were started", started)
	}
	p.wantEvents()
	p.wantNoFaults()
}

// An upload of an earlier visit comes back on request, under the portal's own key.
func TestHeadlessRestores(t *testing.T) {
	t.Parallel()
	stage.LongTest(t)
	p := newPlainPortal(t, "headless.html")
	p.Until(`window.uploader`)
	content := stage.Notes(3 << 20)
	p.choose(p.File("notes.txt", content))
	p.awaitFile("notes.txt", "ready")
	p.Proxy.SetRate(512 << 10)
	p.Evaluate(`uploader.start()`)
	p.Until(`uploader.files[0].bytesAccepted > 0`)

	p.Must(p.Page().Navigate(p.address("headless.html")))
	p.Until(`window.uploader`)
	p.Proxy.SetRate(0)
	p.Evaluate(`uploader.restore()`)
	done := p.awaitFile("notes.txt", "done")
	digest := stage.Digest(content)
	p.WantAtProvider(done.Asset.MediaID, digest)
	p.WantStored(digest)
	p.WantSentAtMost(int64(len(content)) + 2<<20)
}

// The verdict alone needs no server and sends nothing to one.
func TestCheck(t *testing.T) {
	t.Parallel()
	p := newPlainPortal(t, "check.html")
	p.Until(`window.check`)
	type verdict struct {
		Outcome, Kind, Type string
		Reasons             []struct{ Code string }
	}
	check := func(name, text, options string) verdict {
		encoded, err := json.Marshal(text)
		p.Must(err)
		return browserstage.Value[verdict](p.Stage, fmt.Sprintf(`check(new File([%s], %q), %s)`, encoded, name, options))
	}
	if v := check("notes.txt", "Hello, this is a text.\n", `{ purposes: ['message'] }`); v.Outcome != "accept" || v.Kind != "document" {
		t.Errorf("a text for a message: %+v", v)
	}
	if v := check("notes.txt", "Hello, this is a text.\n", `{ purposes: ['message'], kind: 'image' }`); v.Outcome != "refuse" {
		t.Errorf("a text where an image is wanted: %+v", v)
	}
	v := check("page.html", "<html><body>Hello</body></html>", `{}`)
	if v.Outcome != "refuse" || len(v.Reasons) == 0 {
		t.Fatalf("a web page: %+v", v)
	}
	p.wantSentences(v.Reasons[0].Code)
	if requests := p.Proxy.Requests(); len(requests) > 0 {
		t.Errorf("the media server got %d requests, want none", len(requests))
	}
	for _, line := range p.Console() {
		if strings.Contains(line, "uploads to") {
			t.Errorf("the console says %q, and nothing is uploaded", line)
		}
	}
	p.wantNoFaults()
}

// A portal may serve its scripts from another origin. A worker must be of the page's own,
// so one of a blob imports the package's worker, and still finds its Go module.
func TestCheckWithFilesOfAnotherOrigin(t *testing.T) {
	t.Parallel()
	install(t)
	files := http.FileServer(http.Dir(packageDist))
	network := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		files.ServeHTTP(w, r)
	}))
	t.Cleanup(network.Close)
	p := newPortal(t, appsFolder+"/plain")
	p.policies = false
	p.Must(p.Page().Navigate(p.url + "/from.html?from=" + url.QueryEscape(network.URL+"/check.js")))
	p.Until(`window.check`)
	if outcome := browserstage.Value[string](p.Stage, `check(new File(['Hello'], 'notes.txt')).then(verdict => verdict.outcome)`); outcome != "accept" {
		t.Errorf("the verdict is %q", outcome)
	}
	p.wantNoFaults()
}

// wantSentences wants the reasons of the web page's verdict in every language, each in
// words of its own.
func (p *portal) wantSentences(code string) {
	p.Helper()
	seen := map[string]bool{}
	for _, language := range []string{"en", "de", "es", "pt-BR"} {
		reasons := browserstage.Value[[]struct{ Code, Message string }](p.Stage,
			fmt.Sprintf(`check(new File(['<html><body>Hello</body></html>'], 'page.html')).then(verdict => sentences(verdict, %q))`, language))
		if len(reasons) == 0 || reasons[0].Code != code || reasons[0].Message == "" || seen[reasons[0].Message] {
			p.Errorf("in %s the reasons are %+v", language, reasons)
			continue
		}
		seen[reasons[0].Message] = true
	}
}
