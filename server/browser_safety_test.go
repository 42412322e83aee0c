package main

import (
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"mediarelay/web"
)

// One bit changes on the way. It is found, said, and sent again: the chunk by its
// own checksum, or where something takes that away, the file by its digest.
func TestABitThatChangesOnTheWayIsFound(t *testing.T) {
	for _, flipped := range []struct {
		name  string
		bare  bool // without the chunks' checksums
		meets match
	}{
		{"in the creation", false, creation},
		{"in a chunk", false, method(http.MethodPatch)},
		{"in a chunk without a checksum", true, method(http.MethodPatch)},
	} {
		t.Run(flipped.name, func(t *testing.T) {
			t.Parallel()
			s := onStage(t)
			act := flip(1000)
			if flipped.bare {
				act = func(c *crossing) {
					c.r.Header.Del("Upload-Checksum")
					flip(1000)(c)
				}
			}
			s.proxy.wrong(&fault{name: "a flipped bit", meets: flipped.meets, times: 1, act: act})
			s.openForMessages()
			s.evaluate(`window.notes = []
				new MutationObserver(() => notes.push(row("notes.txt").Text ?? '')).observe(list(), { subtree: true, childList: true, characterData: true })`)
			content := notes(3 << 20)
			s.drop(s.file("notes.txt", content))
			done := s.awaitRow("notes.txt", "done")
			if done.Asset == nil || done.Asset.SHA256 != digestOf(content) {
				t.Fatalf("asset %+v", done.Asset)
			}
			s.wantAtProvider(done.Asset.MediaID, digestOf(content))
			s.wantStored(digestOf(content))
			s.wantNoRecords()
			s.wantNoError()
			if said := value[[]string](s, `notes`); !strings.Contains(strings.Join(said, "\n"), "damaged on the way") {
				t.Errorf("nobody was told of the damage: %q; %s", said, s.proxy.story())
			}
			for _, media := range s.sandbox.AllMedia() {
				if media.SHA256 != digestOf(content) {
					t.Errorf("damaged bytes reached the provider: %+v", media)
				}
			}
		})
	}
}

// Same name, size and time, other bytes: another upload, which takes nothing of the first.
func TestAFileOfTheSameNameWithOtherBytesIsAnotherUpload(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	first := notes(3 << 20)
	second := append([]byte("Changed "), first[8:]...)
	at := time.Now().Add(-time.Hour)
	for i, content := range [][]byte{first, second} {
		path := s.file("notes.txt", content)
		s.must(os.Chtimes(path, at, at))
		if i == 0 {
			s.proxy.slow(512 << 10)
			s.openForMessages()
			s.drop(path)
			s.awaitBytes("notes.txt")
			continue
		}
		s.drop(path)
	}
	s.until(`document.querySelector('media-upload').files.filter(file => file.bytesAccepted > 0).length === 2`)
	s.proxy.slow(0)
	s.until(`document.querySelector('media-upload').files.filter(file => file.state === 'done').length === 2`)
	for _, content := range [][]byte{first, second} {
		s.wantStored(digestOf(content))
	}
	s.wantNothingLeft()
	s.wantNoError()
	s.wantChunksFromTheOffset()
}

// The same bytes a second time are answered with the asset, and no byte is sent.
func TestBytesThatAreThereAlreadyAreNotSent(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	content := s.begin("notes.txt", 2<<20)
	s.wantSafe("notes.txt", content)
	s.drop(s.file("again.txt", content))
	s.wantSafe("again.txt", content)
	s.wantUploads(1)
}

// Where the browser keeps no copy, an upload goes on from the original all the
// same, and says that the page must stay; a file that changes under it fails in words.
func TestABrowserThatKeepsNoCopyFailsNoUpload(t *testing.T) {
	for _, browser := range []struct{ name, without string }{
		{"its database cannot be opened", `indexedDB.open = () => { throw new DOMException('no', 'SecurityError') }`},
		{"its database never answers", `indexedDB.open = () => ({})`},
		{"its disk is full", `IDBObjectStore.prototype.put = function () { throw new DOMException('full', 'QuotaExceededError') }`},
	} {
		t.Run(browser.name, func(t *testing.T) {
			t.Parallel()
			s := onStageAs(t, setting{files: workerAfter(t, browser.without)})
			s.proxy.slow(1 << 20)
			content := s.begin("notes.txt", 3<<20)
			s.until(`row("notes.txt").Text?.includes("Keep this window open")`)
			s.wantLeavingAsked(true)
			s.wantSafe("notes.txt", content)
			s.wantOneUpload()
			s.wantNoError()
			s.wantLeavingAsked(false)
		})
	}
}

func TestAFileThatChangesUnderAnUploadWithoutACopyFailsInWords(t *testing.T) {
	for _, change := range []struct {
		name   string
		change func(path string) error
	}{
		{"changed", func(path string) error { return os.WriteFile(path, notes(1<<20), 0o600) }},
		{"deleted", os.Remove},
	} {
		t.Run(change.name, func(t *testing.T) {
			t.Parallel()
			s := onStageAs(t, setting{files: workerAfter(t, `indexedDB.open = () => { throw new DOMException('no', 'SecurityError') }`)})
			s.proxy.slow(512 << 10)
			s.openForMessages()
			path := s.file("notes.txt", notes(4<<20))
			s.drop(path)
			s.awaitBytes("notes.txt")
			s.must(change.change(path))
			s.proxy.slow(0)
			failed := s.awaitRow("notes.txt", "failed")
			if len(failed.Codes) != 1 || failed.Codes[0] != "file_changed" {
				t.Errorf("the row names %v: %q", failed.Codes, failed.Text)
			}
			if calls := len(s.sandbox.AllMedia()); calls != 0 {
				t.Errorf("%d files were relayed", calls)
			}
			s.wantNoSecrets()
		})
	}
}

var workerScript = regexp.MustCompile(`^widget/worker-[0-9a-f]+\.js$`)

// workerAfter gives the web files with a script in front of the worker's.
func workerAfter(t testing.TB, script string) fs.FS {
	t.Helper()
	copied := fstest.MapFS{}
	found := 0
	err := fs.WalkDir(web.Files(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(web.Files(), name)
		plain := strings.TrimSuffix(strings.TrimSuffix(name, ".br"), ".gz")
		isWorker := workerScript.MatchString(plain)
		if isWorker && plain != name {
			return err // the compressed forms are without the script
		}
		if isWorker {
			found++
			text = append([]byte(script+"\n"), text...)
		}
		copied[name] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil || found != 1 {
		t.Fatalf("%d worker scripts, %v", found, err)
	}
	return copied
}

// Leaving is asked about only while something would be lost.
func TestLeavingIsAskedAboutOnlyWhileSomethingWouldBeLost(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	s.openForMessages()
	s.wantLeavingAsked(false)
	s.proxy.slow(512 << 10)
	content := notes(3 << 20)
	s.drop(s.file("notes.txt", content))
	s.awaitBytes("notes.txt")
	// The copy is there by then: closing the window loses nothing.
	s.until(`databases().then(all => { window.copies = all['mediarelay.copies']?.length }) && window.copies === 1`)
	s.wantLeavingAsked(false)
	s.proxy.slow(0)
	s.wantSafe("notes.txt", content)
	s.wantLeavingAsked(false)
}

// wantLeavingAsked waits until the page would ask whether to leave it, or would not.
func (s *stage) wantLeavingAsked(want bool) {
	s.Helper()
	s.until(fmt.Sprintf(`(() => {
		const leaving = new Event('beforeunload', { cancelable: true })
		dispatchEvent(leaving)
		return leaving.defaultPrevented === %t
	})()`, want))
}

// After an end of every kind the browser keeps nothing of a file.
func TestNothingIsLeftInTheBrowserAfterAnyEnd(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	s.openForMessages()
	s.proxy.slow(512 << 10)
	cancelled := s.file("cancelled.txt", notes(3<<20))
	s.drop(cancelled, s.file("page.html", []byte("<html><body>Hello</body></html>")))
	s.awaitRow("page.html", "refused")
	s.awaitBytes("cancelled.txt")
	s.press("cancelled.txt", "cancel")
	s.awaitRow("cancelled.txt", "absent")
	s.wantNoRecords()
	s.proxy.slow(0)
	content := notes(2 << 20)
	s.drop(s.file("done.txt", content))
	s.wantSafe("done.txt", content)
}

// The page forbids what it does not need, and nothing that it does is forbidden.
func TestThePageWorksUnderItsStrictPolicy(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	content := s.begin("notes.txt", 2<<20)
	policy := awaited[string](s, `fetch('/').then(answer => answer.headers.get('Content-Security-Policy'))`)
	for _, directive := range []string{
		"default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "worker-src 'self'", "img-src 'self' blob:", "require-trusted-types-for 'script'",
	} {
		if !strings.Contains(policy+";", directive+";") {
			t.Errorf("the policy lacks %q: %s", directive, policy)
		}
	}
	s.wantSafe("notes.txt", content)
	if faults := value[[]string](s, `faults`); len(faults) > 0 {
		t.Errorf("on the page: %v", faults)
	}
	if foreign := value[[]string](s, `performance.getEntriesByType('resource').map(entry => entry.name).filter(name => !name.startsWith(location.origin) && !name.startsWith('blob:'))`); len(foreign) > 0 {
		t.Errorf("requests to others: %v", foreign)
	}
}
