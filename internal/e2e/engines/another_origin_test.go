package engines

import (
	"errors"
	"strings"
	"testing"

	"mediarelay/internal/e2e/stage/browserstage"
	"mediarelay/internal/e2e/stage/portal"
)

// The README's snippet on a page of another site, from a drop to a media ID, under each
// policy of docs/embedding.md with its nonce: each engine finds the way that Chromium finds.
func TestOtherEnginesWorkOnAnotherOrigin(t *testing.T) {
	needEngines(t)
	const blobWorker, frame = "in a worker that imports its script", "in a hidden frame"
	trustedTypes := portal.TrustedTypes + portal.PolicyNames
	for _, tt := range []struct{ name, policy, way string }{
		{"no policy", "", blobWorker},
		{"trusted types alone", strings.TrimPrefix(portal.TrustedTypes, "; "), blobWorker},
		{"the blob worker's policy", portal.BlobPolicy, blobWorker},
		{"the blob worker's policy and trusted types", portal.BlobPolicy + trustedTypes, blobWorker},
		{"the frame's policy", portal.FramePolicy, frame},
		{"the frame's policy and trusted types", portal.FramePolicy + trustedTypes, frame},
	} {
		for _, e := range engines() {
			t.Run(e.name+"/"+tt.name, func(t *testing.T) {
				p := e.openPortal(t, portal.Setting{Policy: tt.policy})
				wantEnforced(t, p, tt.policy)
				p.Proxy.SetRate(1 << 20)
				content := p.Begin("flyer.pdf", 4<<20)
				p.AwaitBytes("flyer.pdf")
				wantNoteWithoutStorage(t, p)
				p.Proxy.SetRate(0)
				p.WantIntact("flyer.pdf", content)
				if p.Row("flyer.pdf").Asset.Handle == "" {
					t.Error("a template header needs a handle")
				}
				p.WantInConsole(tt.way, "media-upload: ")
				p.WantOneUpload()
				p.WantNoError()
			})
		}
	}
}

// Two tabs of the portal with the same file are one upload, which one of them sends, by
// each way of which the storage has locks.
func TestOtherEnginesShareUploadsOnAnotherOrigin(t *testing.T) {
	needEngines(t)
	for name, as := range map[string]portal.Setting{
		"a blob worker": {Policy: portal.BlobPolicy},
		"a frame":       {Policy: portal.FramePolicy},
	} {
		for _, e := range engines() {
			t.Run(e.name+"/"+name, func(t *testing.T) {
				as.Change = func(snippet string) string { return portal.Attribute(snippet, "auto-start", "") }
				p := e.openPortal(t, as)
				other := p.TabOf(p.browser)
				other.Visit(p.Address)
				content := portal.PDF(8 << 20)
				path := p.File("flyer.pdf", content)
				p.Proxy.SetRate(1 << 20)
				for _, tab := range []*browserstage.Stage{p.Stage, other} {
					tab.Drop(path)
					tab.AwaitBytes("flyer.pdf")
				}
				other.Until(`row("flyer.pdf").Text.includes('already being uploaded in another window')`)
				p.Proxy.SetRate(0)
				p.AwaitRow("flyer.pdf", "done")
				other.WantIntact("flyer.pdf", content)
				p.WantOneUpload()
				p.WantSentAtMost(int64(len(content)))
			})
		}
	}
}

// enginePortal is a portal in a browser of the test's own.
type enginePortal struct {
	portal.Portal
	browser browserstage.Browser
}

// openPortal opens a portal of another site in an engine. Its worker reports whether it may
// store a file.
func (e engine) openPortal(t *testing.T, as portal.Setting) enginePortal {
	t.Helper()
	b := e.open(t)
	as.Site, as.Browser, as.WebFiles = portal.AnotherSite, b, browserstage.WithWorkerScript(t, reportStorage)
	return enginePortal{portal.Open(t, as), b}
}

// reportStorage is a worker script that tells the server whether the browser stores a
// file, by the address of a request.
const reportStorage = `new Promise(answer => {
	const opening = indexedDB.open('probe')
	opening.onerror = () => answer(false)
	opening.onupgradeneeded = () => opening.result.createObjectStore('blobs')
	opening.onsuccess = () => {
		const end = stored => { opening.result.close(); indexedDB.deleteDatabase('probe'); answer(stored) }
		try {
			const writing = opening.result.transaction('blobs', 'readwrite')
			writing.oncomplete = () => end(true)
			writing.onabort = () => end(false)
			writing.objectStore('blobs').put(new Blob(['x']), 'x')
		} catch { end(false) }
	}
}).catch(() => false).then(stored => fetch(new URL('/v1/rules?stored=' + stored, import.meta.url), { mode: 'no-cors' }))`

var errNotReported = errors.New("the worker has not reported its storage")

// wantNoteWithoutStorage wants the row to say that the page must stay open if, and only if,
// the browser gives the worker no storage for a file.
func wantNoteWithoutStorage(t *testing.T, p enginePortal) {
	t.Helper()
	const note = `row("flyer.pdf").Text.includes('Keep this window open until the upload is done')`
	stored := ""
	p.Eventually(func() error {
		for _, r := range p.Proxy.Requests() {
			if _, answer, ok := strings.Cut(r.URL, "stored="); ok {
				stored = answer
				return nil
			}
		}
		return errNotReported
	})
	t.Logf("the worker may store a file: %s", stored)
	if stored == "false" {
		p.Until(note)
	} else if browserstage.Value[bool](p.Stage, note) {
		t.Error("the row says that the page must stay open, although there is a copy")
	}
}

// wantEnforced shows that the engine enforces what the policy forbids: inline scripts
// without the nonce, and text where Trusted Types are required.
func wantEnforced(t *testing.T, p enginePortal, policy string) {
	t.Helper()
	if strings.Contains(policy, "script-src") {
		p.Evaluate(`const script = document.createElement('script')
			script.append('window.ran = true')
			document.head.append(script)`)
		if browserstage.Value[bool](p.Stage, `window.ran === true`) {
			t.Error("an inline script without the nonce ran")
		}
	}
	if !strings.Contains(policy, "require-trusted-types-for") {
		return
	}
	refused := browserstage.Value[bool](p.Stage, `(() => { try { document.createElement('div').innerHTML = '<b>'; return false } catch { return true } })()`)
	if has := browserstage.Value[bool](p.Stage, `'trustedTypes' in window`); has != refused {
		t.Errorf("the engine has Trusted Types: %t, and enforces them: %t", has, refused)
	} else if !has {
		t.Log("the engine has no Trusted Types and ignores what requires them")
	}
}
