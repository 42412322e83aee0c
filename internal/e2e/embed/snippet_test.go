package embed

import (
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"testing"

	"mediarelay/internal/e2e/stage/browserstage"
	"mediarelay/web"
)

// The policies of docs/design/engine.md. The parts that the portal's own page needs, its
// script and its token, are beside them.
const (
	blobPolicy  = "default-src 'none'; script-src MEDIA 'wasm-unsafe-eval' SNIPPET; worker-src blob: MEDIA; connect-src 'self' MEDIA"
	framePolicy = "default-src 'none'; script-src MEDIA SNIPPET; frame-src MEDIA; connect-src 'self'"
	ownPolicy   = "default-src 'none'; script-src 'self' SNIPPET; worker-src 'self'; connect-src 'self' MEDIA"

	trustedTypes      = "; require-trusted-types-for 'script'"
	trustedTypesNames = trustedTypes + "; trusted-types lit-html mediarelay"
)

// The words by which the console says how the engine is reached.
const (
	inOwnWorker  = "in a worker of this page's origin"
	inBlobWorker = "in a worker that imports its script"
	inFrame      = "in a hidden frame"
)

// ownCopy is the portal's copy of the package's files.
func ownCopy(*browserstage.Stage) http.Handler { return http.FileServerFS(web.Files()) }

// proxied passes /widget/ on to the media server.
func proxied(s *browserstage.Stage) http.Handler {
	target, err := url.Parse(s.Server.URL())
	s.Must(err)
	return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}
}

// ownScript makes the page load the script from the portal.
func ownScript(snippet string) string {
	return strings.Replace(snippet, "https://media.example.com/widget/", "/widget/", 1)
}

func TestSnippetWorksOnAnotherOrigin(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		setting
		way string
	}{
		"no policy":                        {setting{}, inBlobWorker},
		"the blob worker's policy":         {setting{policy: blobPolicy}, inBlobWorker},
		"the frame's policy":               {setting{policy: framePolicy}, inFrame},
		"trusted types alone":              {setting{policy: strings.TrimPrefix(trustedTypes, "; ")}, inBlobWorker},
		"the blob worker's, trusted types": {setting{policy: blobPolicy + trustedTypesNames}, inBlobWorker},
		"the frame's, trusted types":       {setting{policy: framePolicy + trustedTypesNames}, inFrame},
		"the portal's own copy":            {setting{policy: ownPolicy + trustedTypesNames, change: ownScript, widget: ownCopy}, inOwnWorker},
		"a proxied /widget/":               {setting{policy: ownPolicy + trustedTypesNames, change: ownScript, widget: proxied}, inOwnWorker},
	} {
		for _, site := range []site{anotherSite, sameSite} {
			t.Run(name+", "+site.name, func(t *testing.T) {
				t.Parallel()
				tt.site = site
				p := openPortal(t, tt.setting)
				content := p.start("flyer.pdf", 2<<20)
				p.WantIntact("flyer.pdf", content)
				if row := p.Row("flyer.pdf"); row.Asset.Handle == "" {
					t.Error("a template header needs a handle")
				}
				p.wantInConsole(tt.way, "media-upload: ")
				p.wantInConsole(string(p.Row("flyer.pdf").Asset.MediaID))
				p.WantOneUpload()
				p.WantNoError()
			})
		}
	}
}

// The upload resumes by itself wherever the browser gives storage: always in a worker of
// the page, and in a frame of the same site.
func TestKilledBrowserResumesOnAnotherOrigin(t *testing.T) {
	t.Parallel()
	for name, as := range map[string]setting{
		"a blob worker, another site": {site: anotherSite},
		"a frame of the same site":    {site: sameSite, policy: framePolicy + trustedTypesNames},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			as.ownBrowser = true
			p := openPortal(t, as)
			p.Proxy.SetRate(2 << 20)
			content := pdf(8 << 20)
			path := p.File("flyer.pdf", content)
			p.Drop(path)
			p.AwaitRow("flyer.pdf", "ready")
			p.Evaluate(`document.querySelector('media-upload').start()`)
			p.Until(`row("flyer.pdf").Accepted >= 4 << 20`)
			p.KillBrowser()
			p.Must(os.Remove(path))
			p.Proxy.SetRate(0)
			p.Relaunch()
			p.Visit(p.page)
			p.WantIntact("flyer.pdf", content)
			p.WantOneUpload()
			p.WantNoError()
			p.WantSentAtMost(int64(len(content)) + p.LongestChunk())
		})
	}
}

// Without storage the row says what that means, and the file arrives all the same.
func TestFrameWithoutStorageKeepsThePageOpen(t *testing.T) {
	t.Parallel()
	p := openPortal(t, setting{site: anotherSite, policy: framePolicy})
	p.Proxy.SetRate(1 << 20)
	content := p.start("flyer.pdf", 4<<20)
	p.Until(`row("flyer.pdf").Text.includes('Keep this window open until the upload is done')`)
	p.Proxy.SetRate(0)
	p.WantIntact("flyer.pdf", content)
	p.WantOneUpload()
}
