package engines

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

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
	"mediarelay/internal/e2e/stage/proxy"
)

// engine is a browser engine. Chromium has a test for every row of docs/resilience.md in
// package browser; this file holds the promises that depend on the engine against the
// others.
type engine struct {
	name string
	open func(testing.TB) browserstage.Browser
	// refusesBlobs says that its databases reject Blobs without help from the test.
	refusesBlobs bool
	// limitations are the promises that the engine, as it can be driven, cannot keep.
	limitations map[string]limitation
}

// limitation is a reason, and an expression in the page that is true as long as it
// applies.
type limitation struct{ reason, holds string }

// ephemeralStorage is true if the browser accepts no Blob into a database, as WebKit does
// in an ephemeral session.
const ephemeralStorage = `new Promise(answer => {
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
		{name: "WebKitGTK", open: newWebKit, refusesBlobs: true, limitations: map[string]limitation{
			resumesAfterKill: {"WebDriver's session in WebKitGTK is ephemeral, so no record outlives the browser; the file is chosen again instead", ephemeralStorage},
			copySurvives:     {"WebDriver's session in WebKitGTK is ephemeral and takes no Blob into IndexedDB, so there is no copy", ephemeralStorage},
		}},
	}
}

// Promises that an engine may be unable to keep.
const (
	resumesAfterKill = "a killed browser resumes by itself"
	copySurvives     = "the copy survives its deleted original"
)

// promise is what a person may rely on in every browser.
type promise struct {
	name  string
	files func(testing.TB, engine) fs.FS // nil for the built files
	keep  func(*browserstage.Stage, browserstage.Browser)
}

func promises() []promise {
	return []promise{
		{name: "a file arrives whole", keep: arrivesWhole},
		{name: "the content security policy is never violated", keep: underStrictPolicy},
		{name: "a file above 16 MiB is digested by the module", keep: digestsLargeFiles},
		{name: resumesAfterKill, keep: goesOnByItself},
		{name: "after a kill the file chosen again resumes", files: withoutStore, keep: chosenAgainAfterAKill},
		{name: "after leaving the page a file without a copy is chosen again", files: withoutBlobs, keep: chosenAgainAfterLeaving},
		{name: copySurvives, keep: survivesItsOriginal},
		{name: "a cut connection costs nothing", keep: cutLine},
		{name: "a stalled connection is aborted", keep: stalledLine},
		{name: "an upload survives an outage", keep: outage},
		{name: "an expired token is renewed once", keep: renewedToken},
		{name: "two tabs send one upload", keep: twoTabsOfOne},
		{name: "a tab takes over from a closed one", keep: takenOver},
		{name: "nothing is left after any end", keep: browserstage.EveryEndingLeavesNothing},
	}
}

func TestOtherEnginesKeepThePromises(t *testing.T) {
	needEngines(t)
	for _, e := range engines() {
		t.Run(e.name, func(t *testing.T) {
			for _, p := range promises() {
				t.Run(p.name, func(t *testing.T) { e.hold(t, p) })
			}
		})
	}
}

func needEngines(t *testing.T) {
	t.Helper()
	if os.Getenv("MEDIARELAY_TEST_ENGINES") == "" {
		t.Skip("it takes minutes: make test-all runs it, or MEDIARELAY_TEST_ENGINES=1")
	}
}

func (e engine) hold(t *testing.T, p promise) {
	as := browserstage.Setting{}
	if p.files != nil {
		as.WebFiles = p.files(t, e)
	}
	b := e.open(t)
	s := browserstage.NewIn(t, b, as)
	lacking, cannot := e.limitations[p.name]
	if !cannot {
		p.keep(s, b)
		return
	}
	s.OpenForMessages()
	if !browserstage.Value[bool](s, lacking.holds) {
		t.Errorf("the engine can keep this promise, and the test skips it: %s", lacking.reason)
	}
	t.Skip("cannot: " + lacking.reason)
}

func withoutStore(t testing.TB, _ engine) fs.FS {
	return browserstage.WithWorkerScript(t, browserstage.NoStore)
}

func withoutBlobs(t testing.TB, e engine) fs.FS {
	if e.refusesBlobs {
		return nil
	}
	return browserstage.WithWorkerScript(t, browserstage.NoBlobs)
}

func arrivesWhole(s *browserstage.Stage, _ browserstage.Browser) {
	s.SendThrough(3 << 20)
}

func underStrictPolicy(s *browserstage.Stage, _ browserstage.Browser) {
	s.OpenForMessages()
	// First a violation, to show that the policy is enforced and violations are seen.
	s.Evaluate(`new Image().src = 'http://127.0.0.1:9/'`)
	s.Until(`faults.some(fault => fault.startsWith('policy: img-src'))`)
	s.Evaluate(`faults.length = 0`)
	content := stage.Notes(2 << 20)
	s.Drop(s.File("notes.txt", content))
	s.WantIntact("notes.txt", content)
}

func digestsLargeFiles(s *browserstage.Stage, _ browserstage.Browser) {
	content := stage.Notes(20 << 20)
	announced := "sha256 " + base64.StdEncoding.EncodeToString([]byte(stage.Digest(content)))
	s.Proxy.Add(&proxy.Fault{
		Name: "no fault, but the right digest in the creation", Times: 1,
		Match: func(r *http.Request) bool {
			return proxy.Creation(r) && slices.Contains(strings.Split(r.Header.Get("Upload-Metadata"), ","), announced)
		},
		Act: func(c *proxy.Exchange) {
			c.Fire()
			c.Forward()
		},
	})
	s.OpenForMessages()
	s.Drop(s.File("notes.txt", content))
	s.WantIntact("notes.txt", content)
	s.WantOneUpload()
}

func goesOnByItself(s *browserstage.Stage, b browserstage.Browser) {
	content := stage.Notes(8 << 20)
	path := killHalfway(s, b, content)
	s.Must(os.Remove(path))
	s.OpenForMessages()
	s.WantIntact("notes.txt", content)
	s.WantOneUpload()
	s.WantNoError()
	s.WantSentAtMost(int64(len(content)) + s.LongestChunk())
	if restored := s.Events("restored"); len(restored) != 1 {
		s.Errorf("%d restored events, want one", len(restored))
	}
}

func chosenAgainAfterAKill(s *browserstage.Stage, b browserstage.Browser) {
	content := stage.Notes(8 << 20)
	path := killHalfway(s, b, content)
	s.OpenForMessages()
	s.Drop(path)
	s.WantIntact("notes.txt", content)
	s.WantNoError()
	wantResumed(s, content)
}

// killHalfway kills the browser in the middle of a file and starts it again.
func killHalfway(s *browserstage.Stage, b browserstage.Browser, content []byte) (path string) {
	s.Helper()
	s.OpenForMessages()
	s.Proxy.SetRate(2 << 20)
	path = s.File("notes.txt", content)
	s.Drop(path)
	s.Until(fmt.Sprintf(`row("notes.txt").Accepted >= %d`, len(content)/2))
	b.Kill()
	s.Proxy.SetRate(0)
	s.Must(b.Start())
	s.OpenTab(b)
	return path
}

// wantResumed wants one upload on the server, although the client may have asked for it
// twice, and no byte sent twice except those of the chunks in flight.
func wantResumed(s *browserstage.Stage, content []byte) {
	s.Helper()
	if uploads := s.Server.Uploads(); len(uploads) != 1 {
		s.Errorf("the server knows %d uploads, want 1: %+v", len(uploads), uploads)
	}
	s.WantChunksFromTheOffset()
	s.WantSentAtMost(int64(len(content)) + 2*s.LongestChunk())
}

func chosenAgainAfterLeaving(s *browserstage.Stage, _ browserstage.Browser) {
	content := stage.Notes(6 << 20)
	path := s.File("notes.txt", content)
	s.OpenForMessages()
	s.Proxy.SetRate(512 << 10)
	s.Drop(path)
	s.Until(`row("notes.txt").Accepted > 0`)
	s.UntilRecord(`url !== ''`)
	s.Must(s.Page().Navigate("about:blank"))
	s.Proxy.SetRate(0)
	s.OpenForMessages()
	s.AwaitRow("notes.txt", "missing")
	s.Drop(path)
	s.WantIntact("notes.txt", content)
	wantResumed(s, content)
}

func survivesItsOriginal(s *browserstage.Stage, _ browserstage.Browser) {
	content := stage.Notes(8 << 20)
	path := s.File("notes.txt", content)
	s.OpenForMessages()
	s.Proxy.SetRate(4 << 20)
	s.Drop(path)
	s.Until(`row("notes.txt").Accepted > 0`)
	s.Must(os.Remove(path))
	s.Proxy.SetRate(0)
	s.WantIntact("notes.txt", content)
	s.WantOneUpload()
}

func cutLine(s *browserstage.Stage, _ browserstage.Browser) {
	const size = 3 << 20
	s.Proxy.Add(&proxy.Fault{Name: "a cut", Match: proxy.CrossingByte(size / 2), Times: 1, Act: proxy.CutAfter(1000)})
	s.SendThrough(size)
}

func stalledLine(s *browserstage.Stage, _ browserstage.Browser) {
	s.Proxy.Add(&proxy.Fault{Name: "silence", Match: proxy.Method(http.MethodPatch), Times: 1, Act: proxy.Stall(100_000)})
	content := s.Begin("notes.txt", 3<<20)
	s.Until(`told.some(event => event.Type === 'upload-stalled')`)
	s.WantIntact("notes.txt", content)
	s.WantOneUpload()
	s.WantNoError()
}

func outage(s *browserstage.Stage, _ browserstage.Browser) {
	content := s.BeginOutage()
	s.Until(`told.filter(event => event.Reason === 'unreachable').length > 2`)
	s.EndOutage(`dispatchEvent(new Event('online'))`, browserstage.PageTimeout)
	s.WantIntact("notes.txt", content)
	s.WantOneUpload()
	s.WantNoError()
}

func renewedToken(s *browserstage.Stage, _ browserstage.Browser) {
	s.OpenForMessages()
	first, second := s.Token(8*time.Second-browserstage.TokenLeeway), s.Token(time.Hour)
	s.GiveTokens(first, second)
	s.Proxy.SetRate(256 << 10)
	content := stage.Notes(4 << 20)
	s.Drop(s.File("notes.txt", content))
	s.Until(`asked.length === 2`)
	s.Proxy.SetRate(0)
	s.WantIntact("notes.txt", content)
	s.WantOneUpload()
	s.WantNoError()
	if asked := browserstage.Value[[]string](s, `asked`); !slices.Equal(asked, []string{"missing", "expired"}) {
		s.Errorf("getToken was called with the reasons %v", asked)
	}
}

// dropInTwoTabs drops one file in two tabs, the first of which sends.
func dropInTwoTabs(s *browserstage.Stage, b browserstage.Browser) (sends, follows *browserstage.Stage, content []byte) {
	s.Helper()
	sends, follows = s, s.TabOf(b)
	content = stage.Notes(12 << 20)
	path := s.File("notes.txt", content)
	sends.OpenForMessages()
	follows.OpenForMessages()
	s.Proxy.SetRate(2 << 20)
	for _, tab := range []*browserstage.Stage{sends, follows} {
		tab.Drop(path)
		tab.Until(`row("notes.txt").Accepted > 0`)
	}
	return sends, follows, content
}

func twoTabsOfOne(s *browserstage.Stage, b browserstage.Browser) {
	sends, follows, content := dropInTwoTabs(s, b)
	s.Proxy.SetRate(0)
	sends.AwaitRow("notes.txt", "done")
	follows.WantIntact("notes.txt", content)
	s.WantOneUpload()
	s.WantSentAtMost(int64(len(content)))
}

func takenOver(s *browserstage.Stage, b browserstage.Browser) {
	sends, follows, content := dropInTwoTabs(s, b)
	s.Must(sends.Page().Navigate("about:blank"))
	sends.Evaluate(`window.faults = []`) // checked by Open at the end of the test
	s.Proxy.SetRate(0)
	follows.WantIntact("notes.txt", content)
	s.WantOneUpload()
	s.WantSentAtMost(int64(len(content)) + s.LongestChunk())
}
