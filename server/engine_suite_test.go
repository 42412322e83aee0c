package main

import (
	"encoding/base64"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// Chromium has a test for every row of docs/resilience.md. Here the promises that
// depend on a browser's own engine are held against the other two engines.

// engine is one of them.
type engine struct {
	name string
	open func(testing.TB) browser
	// refusesBlobs says that its databases take none, without help from the test.
	refusesBlobs bool
	// cannot names the promises that the engine, as it can be driven, has no means to keep.
	cannot map[string]inability
}

// inability is why, and an expression of the page that is true for as long as that holds.
type inability struct{ reason, holds string }

// ephemeral is true where the browser takes no Blob into a database, as WebKit
// does in a session that leaves nothing behind.
const ephemeral = `new Promise(answer => {
	const opening = indexedDB.open('probe')
	opening.onupgradeneeded = () => opening.result.createObjectStore('blobs')
	opening.onsuccess = () => {
		try {
			const writing = opening.result.transaction('blobs', 'readwrite')
			writing.objectStore('blobs').put(new Blob(['x']), 'x')
			writing.oncomplete = () => answer(false)
			writing.onabort = () => answer(true)
		} catch { answer(true) }
	}
})`

func engines() []engine {
	return []engine{
		{name: "Firefox", open: newFirefox},
		{name: "WebKitGTK", open: newWebKit, refusesBlobs: true, cannot: map[string]inability{
			goesOnAfterAKill: {"WebDriver's session in WebKitGTK is ephemeral, so no record outlives the browser; the file is chosen again instead", ephemeral},
			copySurvives:     {"WebDriver's session in WebKitGTK is ephemeral and takes no Blob into IndexedDB, so there is no copy", ephemeral},
		}},
	}
}

// Promises that some engine cannot keep.
const (
	goesOnAfterAKill = "a killed browser goes on by itself"
	copySurvives     = "the copy survives its deleted original"
)

// promise is what a person may rely on, in every browser.
type promise struct {
	name  string
	files func(testing.TB, engine) fs.FS // other web files
	keep  func(*stage, browser)
}

func promises() []promise {
	return []promise{
		{name: "a file arrives whole", keep: arrivesWhole},
		{name: "the strict policy is never broken", keep: underStrictPolicy},
		{name: "a file above 16 MiB is digested by the module", keep: digestsLargeFiles},
		{name: goesOnAfterAKill, keep: goesOnByItself},
		{name: "after a kill the file chosen again goes on", files: withoutStore, keep: chosenAgainAfterAKill},
		{name: "a page that was left asks for a file without a copy", files: withoutBlobs, keep: chosenAgainAfterLeaving},
		{name: copySurvives, keep: survivesItsOriginal},
		{name: "a line that is cut costs nothing", keep: cutLine},
		{name: "a line that stands still is given up", keep: stalledLine},
		{name: "an outage is waited out", keep: outage},
		{name: "a token that ends is renewed once", keep: renewedToken},
		{name: "two tabs send one upload", keep: twoTabsOfOne},
		{name: "a tab takes over from one that is gone", keep: takenOver},
		{name: "nothing is left after any end", keep: leavesNothing},
	}
}

func TestTheOtherEnginesKeepTheirPromises(t *testing.T) {
	if os.Getenv("MEDIARELAY_TEST_ENGINES") == "" {
		t.Skip("it takes minutes: make test-all runs it, or MEDIARELAY_TEST_ENGINES=1")
	}
	for _, e := range engines() {
		t.Run(e.name, func(t *testing.T) {
			for _, p := range promises() {
				t.Run(p.name, func(t *testing.T) { e.hold(t, p) })
			}
		})
	}
}

func (e engine) hold(t *testing.T, p promise) {
	as := setting{}
	if p.files != nil {
		as.files = p.files(t, e)
	}
	b := e.open(t)
	s := onStageOf(t, b, as)
	lacking, cannot := e.cannot[p.name]
	if !cannot {
		p.keep(s, b)
		return
	}
	s.openForMessages()
	if !value[bool](s, lacking.holds) {
		t.Errorf("it could by now, and nobody tests it: %s", lacking.reason)
	}
	t.Skip("cannot: " + lacking.reason)
}

func withoutStore(t testing.TB, _ engine) fs.FS { return withWorker(t, noStore) }

func withoutBlobs(t testing.TB, e engine) fs.FS {
	if e.refusesBlobs {
		return nil
	}
	return withWorker(t, noBlobs)
}

func arrivesWhole(s *stage, _ browser) {
	s.sendThrough(3 << 20)
}

func underStrictPolicy(s *stage, _ browser) {
	s.openForMessages()
	// Only a policy that is enforced, and seen to be, can be kept.
	s.evaluate(`new Image().src = 'http://127.0.0.1:9/'`)
	s.until(`faults.some(fault => fault.startsWith('policy: img-src'))`)
	s.evaluate(`faults.length = 0`)
	content := notes(2 << 20)
	s.drop(s.file("notes.txt", content))
	s.wantSafe("notes.txt", content)
}

func digestsLargeFiles(s *stage, _ browser) {
	content := notes(20 << 20)
	announced := "sha256 " + base64.StdEncoding.EncodeToString([]byte(digestOf(content)))
	s.proxy.wrong(&fault{
		name: "no fault, but the right digest in the creation", times: 1,
		meets: func(r *http.Request) bool {
			return creation(r) && slices.Contains(strings.Split(r.Header.Get("Upload-Metadata"), ","), announced)
		},
		act: func(c *crossing) {
			c.fire()
			c.onward()
		},
	})
	s.openForMessages()
	s.drop(s.file("notes.txt", content))
	s.wantSafe("notes.txt", content)
	s.wantOneUpload()
}

func goesOnByItself(s *stage, b browser) {
	content := notes(8 << 20)
	path := s.killedHalfway(b, content)
	s.must(os.Remove(path))
	s.openForMessages()
	s.wantSafe("notes.txt", content)
	s.wantOneUpload()
	s.wantNoError()
	s.wantSentAtMost(int64(len(content)) + s.longestChunk())
	if restored := s.told("restored"); len(restored) != 1 {
		s.Errorf("the page was told of %d restorations, want one", len(restored))
	}
}

func chosenAgainAfterAKill(s *stage, b browser) {
	content := notes(8 << 20)
	path := s.killedHalfway(b, content)
	s.openForMessages()
	s.drop(path)
	s.wantSafe("notes.txt", content)
	s.wantNoError()
	s.wantGoneOn(content)
}

// killedHalfway kills the browser in the middle of a file and starts it again.
func (s *stage) killedHalfway(b browser, content []byte) (path string) {
	s.Helper()
	s.openForMessages()
	s.proxy.slow(2 << 20)
	path = s.file("notes.txt", content)
	s.drop(path)
	s.until(fmt.Sprintf(`row("notes.txt").Accepted >= %d`, len(content)/2))
	b.kill()
	s.proxy.slow(0)
	s.must(b.start())
	s.enter(b)
	return path
}

// wantGoneOn wants one upload on the server, although it may have been asked for
// twice, and no byte twice but of the chunks that were on their way.
func (s *stage) wantGoneOn(content []byte) {
	s.Helper()
	if uploads := s.backstage.held(); len(uploads) != 1 {
		s.Errorf("the server knows %d uploads, want 1: %+v", len(uploads), uploads)
	}
	s.wantChunksFromTheOffset()
	s.wantSentAtMost(int64(len(content)) + 2*s.longestChunk())
}

func chosenAgainAfterLeaving(s *stage, _ browser) {
	content := notes(6 << 20)
	path := s.file("notes.txt", content)
	s.openForMessages()
	s.proxy.slow(512 << 10)
	s.drop(path)
	s.until(`row("notes.txt").Accepted > 0`)
	s.untilRecord(`url !== ''`)
	s.must(s.page().navigate("about:blank"))
	s.proxy.slow(0)
	s.openForMessages()
	s.awaitRow("notes.txt", "missing")
	s.drop(path)
	s.wantSafe("notes.txt", content)
	s.wantGoneOn(content)
}

func survivesItsOriginal(s *stage, _ browser) {
	content := notes(8 << 20)
	path := s.file("notes.txt", content)
	s.openForMessages()
	s.proxy.slow(4 << 20)
	s.drop(path)
	s.until(`row("notes.txt").Accepted > 0`)
	s.must(os.Remove(path))
	s.proxy.slow(0)
	s.wantSafe("notes.txt", content)
	s.wantOneUpload()
}

func cutLine(s *stage, _ browser) {
	const size = 3 << 20
	s.proxy.wrong(&fault{name: "a cut", meets: passing(size / 2), times: 1, act: cutAfter(1000)})
	s.sendThrough(size)
}

func stalledLine(s *stage, _ browser) {
	s.proxy.wrong(&fault{name: "silence", meets: method(http.MethodPatch), times: 1, act: silence(100_000)})
	content := s.begin("notes.txt", 3<<20)
	s.until(`told.some(event => event.Type === 'upload-stalled')`)
	s.wantSafe("notes.txt", content)
	s.wantOneUpload()
	s.wantNoError()
}

func outage(s *stage, _ browser) {
	content := s.beginOutage()
	s.until(`told.filter(event => event.Reason === 'offline').length > 2`)
	s.endOutage(`dispatchEvent(new Event('online'))`, patienceOfPage)
	s.wantSafe("notes.txt", content)
	s.wantOneUpload()
	s.wantNoError()
}

func renewedToken(s *stage, _ browser) {
	s.openForMessages()
	first, second := s.token(8*time.Second-leeway), s.token(time.Hour)
	s.giveTokens(first, second)
	s.proxy.slow(256 << 10)
	content := notes(4 << 20)
	s.drop(s.file("notes.txt", content))
	s.until(`asked.length === 2`)
	s.proxy.slow(0)
	s.wantSafe("notes.txt", content)
	s.wantOneUpload()
	s.wantNoError()
	if asked := value[[]string](s, `asked`); !slices.Equal(asked, []string{"missing", "expired"}) {
		s.Errorf("the page was asked for a token because it was %v", asked)
	}
}

// inTwoTabs drops one file in two tabs, the first of which sends.
func (s *stage) inTwoTabs(b browser) (sends, follows *stage, content []byte) {
	s.Helper()
	sends, follows = s, s.tabOf(b)
	content = notes(12 << 20)
	path := s.file("notes.txt", content)
	sends.openForMessages()
	follows.openForMessages()
	s.proxy.slow(2 << 20)
	for _, tab := range []*stage{sends, follows} {
		tab.drop(path)
		tab.until(`row("notes.txt").Accepted > 0`)
	}
	return sends, follows, content
}

func twoTabsOfOne(s *stage, b browser) {
	sends, follows, content := s.inTwoTabs(b)
	s.proxy.slow(0)
	sends.awaitRow("notes.txt", "done")
	follows.wantSafe("notes.txt", content)
	s.wantOneUpload()
	s.wantSentAtMost(int64(len(content)))
}

func takenOver(s *stage, b browser) {
	sends, follows, content := s.inTwoTabs(b)
	s.must(sends.page().navigate("about:blank"))
	sends.evaluate(`window.faults = []`) // what open looks at in the end
	s.proxy.slow(0)
	follows.wantSafe("notes.txt", content)
	s.wantOneUpload()
	s.wantSentAtMost(int64(len(content)) + s.longestChunk())
}

func leavesNothing(s *stage, _ browser) {
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
