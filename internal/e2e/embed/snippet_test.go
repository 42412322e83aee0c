package embed

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
	"mediarelay/internal/e2e/stage/portal"
)

// The words by which the console says how the engine is reached.
const (
	inOwnWorker  = "in a worker of this page's origin"
	inBlobWorker = "in a worker that imports its script"
	inFrame      = "in a hidden frame"
)

func TestSnippetWorksOnAnotherOrigin(t *testing.T) {
	t.Parallel()
	policies := map[string]struct {
		portal.Setting
		way string
	}{
		"no policy":                        {portal.Setting{}, inBlobWorker},
		"the blob worker's policy":         {portal.Setting{Policy: portal.BlobPolicy}, inBlobWorker},
		"the frame's policy":               {portal.Setting{Policy: portal.FramePolicy}, inFrame},
		"trusted types alone":              {portal.Setting{Policy: strings.TrimPrefix(portal.TrustedTypes, "; ")}, inBlobWorker},
		"the blob worker's, trusted types": {portal.Setting{Policy: portal.BlobPolicy + portal.TrustedTypes + portal.PolicyNames}, inBlobWorker},
		"the frame's, trusted types":       {portal.Setting{Policy: portal.FramePolicy + portal.TrustedTypes + portal.PolicyNames}, inFrame},
		"the portal's own copy":            {portal.Setting{Policy: portal.OwnPolicy + portal.TrustedTypes + portal.PolicyNames, Change: portal.OwnScript, Widget: portal.OwnCopy}, inOwnWorker},
		"a proxied /widget/":               {portal.Setting{Policy: portal.OwnPolicy + portal.TrustedTypes + portal.PolicyNames, Change: portal.OwnScript, Widget: portal.Proxied}, inOwnWorker},
	}
	for i, name := range slices.Sorted(maps.Keys(policies)) {
		for j, site := range []portal.Site{portal.AnotherSite, portal.SameSite} {
			t.Run(name+", "+site.Name, func(t *testing.T) {
				stage.Sampled(t, i+j, 2)
				t.Parallel()
				tt := policies[name]
				tt.Site = site
				p := portal.Open(t, tt.Setting)
				content := p.Begin("flyer.pdf", 2<<20)
				p.WantIntact("flyer.pdf", content)
				if row := p.Row("flyer.pdf"); row.Asset.Handle == "" {
					t.Error("a template header needs a handle")
				}
				p.WantInConsole(tt.way, "media-upload: ")
				p.WantInConsole(p.Row("flyer.pdf").Asset.MediaID)
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
	for name, as := range map[string]portal.Setting{
		"a blob worker, another site": {Site: portal.AnotherSite},
		"a frame of the same site":    {Site: portal.SameSite, Policy: portal.FramePolicy + portal.TrustedTypes + portal.PolicyNames},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			as.OwnBrowser = true
			p := portal.Open(t, as)
			p.Proxy.SetRate(2 << 20)
			content := portal.PDF(8 << 20)
			path := p.File("flyer.pdf", content)
			p.Drop(path)
			p.AwaitRow("flyer.pdf", "ready")
			p.Evaluate(`document.querySelector('media-upload').start()`)
			p.Until(`row("flyer.pdf").Accepted >= 4 << 20`)
			p.KillBrowser()
			p.Must(os.Remove(path))
			p.Proxy.SetRate(0)
			p.Relaunch()
			p.Visit(p.Address)
			p.WantIntact("flyer.pdf", content)
			p.WantOneUpload()
			p.WantNoError()
			p.WantSentAtMost(int64(len(content)) + p.LongestChunk())
		})
	}
}

// noStorage is a browser that denies the frame of another site its storage, as some do:
// databases, and the locks and channels that belong to them.
const noStorage = browserstage.NoStore + `
	const denied = async () => { throw new DOMException('denied', 'SecurityError') }
	LockManager.prototype.request = LockManager.prototype.query = denied`

// Without storage the row says what that means, and the file arrives all the same.
func TestFrameWithoutStorageKeepsThePageOpen(t *testing.T) {
	t.Parallel()
	p := portal.Open(t, portal.Setting{
		Site: portal.AnotherSite, Policy: portal.FramePolicy, WebFiles: browserstage.WithWorkerScript(t, noStorage),
	})
	p.Proxy.SetRate(1 << 20)
	content := p.Begin("flyer.pdf", 4<<20)
	p.Until(`row("flyer.pdf").Text.includes('Keep this window open until the upload is done')`)
	p.Proxy.SetRate(0)
	p.WantIntact("flyer.pdf", content)
	p.WantOneUpload()
}

// Every policy that docs/embedding.md shows is one that TestSnippetWorksOnAnotherOrigin tries.
func TestEveryPolicyOfThePageIsTried(t *testing.T) {
	tried := []string{"frame", "own files", "trusted types", "worker", "worker file"}
	if shown := slices.Sorted(maps.Keys(portal.Policies())); !slices.Equal(shown, tried) {
		t.Errorf("the page shows %q, want %q", shown, tried)
	}
	page, err := os.ReadFile("../../../docs/embedding.md")
	if err != nil {
		t.Fatal(err)
	}
	if blocks := strings.Count(string(page), "default-src 'none'"); blocks != 3 {
		t.Errorf("the page has %d policies for a page, want 3", blocks)
	}
	if !strings.Contains(string(page), portal.Snippet(t)) {
		t.Error("the page's snippet is not the README's")
	}
}
