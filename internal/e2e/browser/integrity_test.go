package browser

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
	"mediarelay/internal/e2e/stage/proxy"
)

// A bit changes in transit. It is detected, reported and sent again: the chunk by its own
// checksum or, if something removes that, the file by its digest.
func TestFlippedBitIsDetected(t *testing.T) {
	for _, flipped := range []struct {
		name  string
		bare  bool // without the chunks' checksums
		meets proxy.Match
	}{
		{"in the creation", false, proxy.Creation},
		{"in a chunk", false, proxy.Method(http.MethodPatch)},
		{"in a chunk without a checksum", true, proxy.Method(http.MethodPatch)},
	} {
		t.Run(flipped.name, func(t *testing.T) {
			t.Parallel()
			s := browserstage.New(t)
			act := proxy.FlipBit(1000)
			if flipped.bare {
				act = func(c *proxy.Exchange) {
					c.Request.Header.Del("Upload-Checksum")
					proxy.FlipBit(1000)(c)
				}
			}
			s.Proxy.Add(&proxy.Fault{Name: "a flipped bit", Match: flipped.meets, Times: 1, Act: act})
			s.OpenForMessages()
			s.Evaluate(`window.notes = []
				new MutationObserver(() => notes.push(row("notes.txt").Text ?? '')).observe(list(), { subtree: true, childList: true, characterData: true })`)
			content := stage.Notes(3 << 20)
			s.Drop(s.File("notes.txt", content))
			done := s.AwaitRow("notes.txt", "done")
			if done.Asset == nil || done.Asset.SHA256 != stage.Digest(content) {
				t.Fatalf("asset %+v", done.Asset)
			}
			s.WantAtProvider(done.Asset.MediaID, stage.Digest(content))
			s.WantStored(stage.Digest(content))
			s.WantNoRecords()
			s.WantNoError()
			if said := browserstage.Value[[]string](s, `notes`); !strings.Contains(strings.Join(said, "\n"), "arrived damaged") {
				t.Errorf("the row did not report the damage: %q; %s", said, s.Proxy.Story())
			}
			for _, media := range s.Sandbox.AllMedia() {
				if media.SHA256 != stage.Digest(content) {
					t.Errorf("damaged bytes reached the provider: %+v", media)
				}
			}
		})
	}
}

// The same bytes under another name get an asset with that name, and no byte is sent.
func TestSameBytesUnderAnotherNameAreNotSent(t *testing.T) {
	t.Parallel()
	s := browserstage.New(t)
	content := s.Begin("notes.txt", 2<<20)
	s.WantIntact("notes.txt", content)
	chunks := len(s.RequestsWith(http.MethodPatch))
	s.Drop(s.File("again.txt", content))
	row := s.AwaitRow("again.txt", "done")
	if row.Asset.SHA256 != stage.Digest(content) || row.Asset.Filename != "again.txt" {
		t.Errorf("asset %+v", row.Asset)
	}
	if more := len(s.RequestsWith(http.MethodPatch)) - chunks; more != 0 {
		t.Errorf("%d chunks were sent again", more)
	}
	wantUploads(s, 2)
}

// Without a copy, a file that changes fails with a reason.
func TestFileChangedDuringUploadWithoutCopyFails(t *testing.T) {
	for _, change := range []struct {
		name   string
		change func(path string) error
	}{
		{"changed", func(path string) error { return os.WriteFile(path, stage.Notes(1<<20), 0o600) }},
		{"deleted", os.Remove},
	} {
		t.Run(change.name, func(t *testing.T) {
			t.Parallel()
			s := browserstage.NewWith(t, browserstage.Setting{WebFiles: browserstage.WithWorkerScript(t, browserstage.NoStore)})
			s.Proxy.SetRate(512 << 10)
			s.OpenForMessages()
			path := s.File("notes.txt", stage.Notes(4<<20))
			s.Drop(path)
			s.AwaitBytes("notes.txt")
			s.Must(change.change(path))
			s.Proxy.SetRate(0)
			failed := s.AwaitRow("notes.txt", "failed")
			if len(failed.Codes) != 1 || failed.Codes[0] != "file_changed" {
				t.Errorf("the row names %v: %q", failed.Codes, failed.Text)
			}
			if calls := len(s.Sandbox.AllMedia()); calls != 0 {
				t.Errorf("%d files were relayed", calls)
			}
			s.WantNoSecrets()
		})
	}
}

// After every kind of end the browser keeps nothing of a file.
func TestNothingIsLeftInTheBrowser(t *testing.T) {
	t.Parallel()
	browserstage.EveryEndingLeavesNothing(browserstage.New(t), nil)
}

// The page's policy forbids what the page does not need, and nothing that it does violates
// the policy.
func TestContentSecurityPolicy(t *testing.T) {
	t.Parallel()
	s := browserstage.New(t)
	content := s.Begin("notes.txt", 2<<20)
	policy := browserstage.Value[string](s, `fetch('/').then(answer => answer.headers.get('Content-Security-Policy'))`)
	for _, directive := range []string{
		"default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "worker-src 'self'", "img-src 'self' blob:", "require-trusted-types-for 'script'",
	} {
		if !strings.Contains(policy+";", directive+";") {
			t.Errorf("the policy lacks %q: %s", directive, policy)
		}
	}
	s.WantIntact("notes.txt", content)
	if faults := browserstage.Value[[]string](s, `faults`); len(faults) > 0 {
		t.Errorf("on the page: %v", faults)
	}
	if foreign := browserstage.Value[[]string](s, `performance.getEntriesByType('resource').map(entry => entry.name).filter(name => !name.startsWith(location.origin) && !name.startsWith('blob:'))`); len(foreign) > 0 {
		t.Errorf("requests to other origins: %v", foreign)
	}
}
