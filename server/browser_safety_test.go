package main

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
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
			if said := value[[]string](s, `notes`); !strings.Contains(strings.Join(said, "\n"), "arrived damaged") {
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

// noStore makes a browser that keeps no copy.
const noStore = `indexedDB.open = () => { throw new DOMException('no', 'SecurityError') }` + "\n"

// An upload without a copy says that the page must stay, and leaving it is asked about.
func TestAnUploadWithoutACopySaysThatThePageMustStay(t *testing.T) {
	t.Parallel()
	s := onStageAs(t, setting{files: withWorker(t, noStore)})
	s.proxy.slow(1 << 20)
	content := s.begin("notes.txt", 3<<20)
	s.until(`row("notes.txt").Text?.includes("Keep this window open")`)
	s.wantLeavingAsked(true)
	s.wantSafe("notes.txt", content)
	s.wantOneUpload()
	s.wantNoError()
	s.wantLeavingAsked(false)
}

// Without a copy, a file that changes fails in words.
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
			s := onStageAs(t, setting{files: withWorker(t, noStore)})
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
	leavesNothing(onStage(t), nil)
}

// The page forbids what it does not need, and nothing that it does is forbidden.
func TestThePageWorksUnderItsStrictPolicy(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	content := s.begin("notes.txt", 2<<20)
	policy := value[string](s, `fetch('/').then(answer => answer.headers.get('Content-Security-Policy'))`)
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
