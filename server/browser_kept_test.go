package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/chromedp/cdproto/cdp"
	devtools "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"mediarelay/web"
)

// underway drops a text of a size on a slow line, in bytes a second, and waits for
// its first bytes at the server.
func (s *stage) underway(size, rate int) (path string, content []byte) {
	s.Helper()
	content = notes(size)
	path = s.file("notes.txt", content)
	s.open(s.token(time.Hour))
	s.forMessages(true)
	s.proxy.slow(rate)
	s.drop(path)
	s.until(`row("notes.txt").Accepted > 0`)
	return path, content
}

// The browser is killed in the middle of a file. On the next visit the upload
// goes on by itself: nobody chooses, clicks or drops anything.
func TestAKilledBrowserGoesOnByItself(t *testing.T) {
	for _, file := range []struct {
		size, rate int
	}{
		{16 << 20, 4 << 20},
		{100 << 20, 16 << 20},
	} {
		t.Run(fmt.Sprintf("%d MB", file.size>>20), func(t *testing.T) {
			s := onStageAs(t, setting{ownBrowser: true})
			path, content := s.underway(file.size, file.rate)
			s.until(fmt.Sprintf(`row("notes.txt").Accepted >= %d`, file.size/2))
			s.killBrowser()
			s.must(os.Remove(path))
			s.proxy.slow(0)
			s.relaunch()
			s.open(s.token(time.Hour))
			s.wantSafe("notes.txt", content)
			s.wantOneUpload()
			s.wantNoError()
			s.wantSentAtMost(int64(file.size) + s.longestChunk())
			if restored := s.told("restored"); len(restored) != 1 {
				t.Errorf("the page was told of %d restorations, want one", len(restored))
			}
		})
	}
}

// What a person has paused stays paused, whatever becomes of the browser.
func TestAPausedUploadComesBackPaused(t *testing.T) {
	s := onStageAs(t, setting{ownBrowser: true})
	_, content := s.underway(8<<20, 2<<20)
	s.press("notes.txt", "pause")
	s.awaitRow("notes.txt", "paused")
	s.untilRecord(`paused`)
	s.killBrowser()
	s.proxy.slow(0)
	s.relaunch()
	s.open(s.token(time.Hour))
	s.awaitRow("notes.txt", "paused")
	s.press("notes.txt", "resume")
	s.wantSafe("notes.txt", content)
	s.wantOneUpload()
}

// The same file in two tabs is one upload, which both of them show.
func TestTwoTabsSendOneUpload(t *testing.T) {
	first, second, content := twoTabs(t)
	first.proxy.slow(0)
	first.awaitRow("notes.txt", "done")
	second.wantSafe("notes.txt", content)
	first.wantOneUpload()
	first.wantSentAtMost(int64(len(content)))
}

func TestATabTakesOverFromOneThatIsClosed(t *testing.T) {
	first, second, content := twoTabs(t)
	second.closeTab()
	first.proxy.slow(0)
	first.wantSafe("notes.txt", content)
	first.wantOneUpload()
	first.wantSentAtMost(int64(len(content)) + first.longestChunk())
}

func TestAPersonPausesAndCancelsFromTheOtherTab(t *testing.T) {
	first, second, _ := twoTabs(t)
	first.press("notes.txt", "pause")
	second.awaitRow("notes.txt", "paused")
	second.press("notes.txt", "resume")
	second.awaitRow("notes.txt", "uploading")
	first.press("notes.txt", "cancel")
	second.awaitRow("notes.txt", "absent")
	second.wantNothingLeft()
}

// twoTabs drops one file in two tabs. The second one was there first, and sends.
func twoTabs(t *testing.T) (first, second *stage, content []byte) {
	t.Helper()
	first = onStage(t)
	second = first.secondTab()
	content = notes(12 << 20)
	path := first.file("notes.txt", content)
	for _, tab := range []*stage{first, second} {
		tab.open(first.token(time.Hour))
		tab.forMessages(true)
	}
	first.proxy.slow(2 << 20)
	second.drop(path)
	second.until(`row("notes.txt").Accepted > 0`)
	first.drop(path)
	first.until(`row("notes.txt").Accepted > 0`)
	return first, second, content
}

// A tab that is opened on the same page shows what another one sends.
func TestATabThatComesLaterShowsTheUpload(t *testing.T) {
	s := onStage(t)
	_, content := s.underway(12<<20, 2<<20)
	later := s.secondTab()
	later.open(s.token(time.Hour))
	later.until(`row("notes.txt").Accepted > 0`)
	s.proxy.slow(0)
	later.awaitRow("notes.txt", "done")
	s.wantSafe("notes.txt", content)
	s.wantOneUpload()
}

// Also where the browser has kept no copy of it, and has only its record.
func TestATabThatComesLaterShowsAnUploadWithoutACopy(t *testing.T) {
	s := onStageAs(t, setting{files: withWorker(t, noBlobs)})
	_, content := s.underway(12<<20, 2<<20)
	s.untilRecord(`url !== '' && !request.place.includes('/')`)
	later := s.secondTab()
	later.open(s.token(time.Hour))
	later.awaitRow("notes.txt", "uploading")
	later.press("notes.txt", "pause")
	s.awaitRow("notes.txt", "paused")
	later.press("notes.txt", "resume")
	s.awaitRow("notes.txt", "uploading")
	s.proxy.slow(0)
	later.awaitRow("notes.txt", "done")
	s.wantSafe("notes.txt", content)
	s.wantOneUpload()
}

// In a private window, as the shared browser's are, Chromium's copy is the
// original by another name; so this one has a profile.
func TestAFileThatGoesAwayCompletesFromItsCopy(t *testing.T) {
	for what, change := range map[string]func(path string) error{
		"deleted": os.Remove,
		"changed": func(path string) error { return os.WriteFile(path, []byte("something else"), 0o600) },
	} {
		t.Run(what, func(t *testing.T) {
			s := onStageAs(t, setting{ownBrowser: true})
			path, content := s.underway(8<<20, 4<<20)
			s.must(change(path))
			s.proxy.slow(0)
			s.wantSafe("notes.txt", content)
			s.wantOneUpload()
		})
	}
}

// Name, size and time say nothing about content: other bytes are another upload.
func TestOtherBytesUnderTheSameNameSizeAndTime(t *testing.T) {
	s := onStageAs(t, setting{ownBrowser: true})
	one := notes(4 << 20)
	other := bytes.ToUpper(one)
	path := s.file("notes.txt", one)
	info, err := os.Stat(path)
	s.must(err)
	s.open(s.token(time.Hour))
	s.forMessages(true)
	s.proxy.slow(1 << 20)
	s.drop(path)
	s.until(`row("notes.txt").Accepted > 0`)
	s.must(os.WriteFile(path, other, 0o600))
	s.must(os.Chtimes(path, info.ModTime(), info.ModTime()))
	s.drop(path)
	s.proxy.slow(0)
	s.until(`document.querySelector('media-upload').files.filter(file => file.state === 'done').length === 2`)
	got := value[[]string](s, `document.querySelector('media-upload').files.map(file => file.asset.sha256)`)
	if got[0] != digestOf(one) || got[1] != digestOf(other) {
		t.Errorf("the assets' digests are %v, want %s and %s", got, digestOf(one), digestOf(other))
	}
}

// A browser's store that fails in any way costs the upload nothing: it goes on
// from the original.
func TestAStoreThatFailsNeverFailsAnUpload(t *testing.T) {
	for what, broken := range map[string]string{
		"a full disk":           `IDBObjectStore.prototype.put = () => { throw new DOMException('', 'QuotaExceededError') }`,
		"no room for a Blob":    `const put = IDBObjectStore.prototype.put; IDBObjectStore.prototype.put = function (value, ...key) { if (value instanceof Blob) throw new DOMException('', 'QuotaExceededError'); return put.call(this, value, ...key) }`,
		"no Blobs are taken":    noBlobs,
		"the store is refused":  `IDBFactory.prototype.open = () => { throw new DOMException('', 'SecurityError') }`,
		"the store is silent":   `IDBFactory.prototype.open = () => ({})`,
		"a write that is lost":  `IDBObjectStore.prototype.put = () => ({})`,
		"there is no store":     `Object.defineProperty(self, 'indexedDB', { value: undefined })`,
		"copies cannot be read": `const slice = Blob.prototype.slice; IDBObjectStore.prototype.get = () => { throw new DOMException('', 'UnknownError') }`,
	} {
		t.Run(what, func(t *testing.T) {
			s := onStageAs(t, setting{files: withWorker(t, broken+"\n")})
			_, content := s.underway(3<<20, 2<<20)
			s.proxy.slow(0)
			if done := s.awaitRow("notes.txt", "done"); done.Asset.SHA256 != digestOf(content) {
				t.Errorf("asset %+v", done.Asset)
			}
			s.wantOneUpload()
			s.wantNoError()
		})
	}
}

// A worker that dies takes its lock along; the next one finds what was kept, and
// goes on from the server's offset.
func TestAWorkerThatDiesIsReplaced(t *testing.T) {
	s := onStageAs(t, setting{files: withWorker(t, `
		const send = XMLHttpRequest.prototype.send
		let chunks = 0
		XMLHttpRequest.prototype.send = function (body) {
			send.call(this, body)
			if (body && ++chunks === 2) caches.has('died').then(died => died || caches.open('died').then(() => postMessage({ type: 'dead', detail: 'for a test' })))
		}
	`)})
	_, content := s.underway(8<<20, 2<<20)
	s.wantSafe("notes.txt", content)
	s.wantOneUpload()
	s.wantNoError()
	s.wantSentAtMost(int64(len(content)) + s.longestChunk())
	if cut := s.requests("HEAD"); len(cut) == 0 {
		t.Error("no worker has asked where the upload stands: none has died in the middle")
	}
}

// Where the browser takes no copy, the next visit asks for the file again, holds
// its content against what was begun, and goes on from the server's offset.
func TestAFileWithoutACopyIsChosenAgain(t *testing.T) {
	s := onStageAs(t, setting{files: withWorker(t, noBlobs)})
	path, content := s.underway(6<<20, 2<<20)
	s.untilRecord(`url !== ''`)
	s.do(chromedp.Navigate("about:blank"))
	s.open(s.token(time.Hour))
	s.awaitRow("notes.txt", "missing")
	s.drop(s.file("other.txt", bytes.ToUpper(content)))
	s.awaitRow("other.txt", "refused") // as a template's header: nobody has said that it is for messages
	s.proxy.slow(0)
	s.drop(path)
	s.wantSafe("notes.txt", content)
	s.wantSentAtMost(2*int64(len(content)) + s.longestChunk())
}

// What nobody will come back for goes at the next visit; what somebody may come back for stays.
func TestWhatIsStaleIsSwept(t *testing.T) {
	s := onStage(t)
	s.open(s.token(time.Hour))
	value[bool](s, keepInPage+`.then(() => true)`)
	s.do(chromedp.Navigate("about:blank"))
	s.open(s.token(time.Hour))
	const inStore = `databases().then(all => all['mediarelay.uploads'].map(({ id }) => id).join() + ' ' + all['mediarelay.copies'].length)`
	var left string
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if left = value[string](s, inStore); left == "young 1" {
			return
		}
	}
	t.Errorf("the store has %q, want the young record and its copy", left)
}

// keepInPage writes records that earlier visits may have left.
// The worker makes the database, when it looks for what there is.
const keepInPage = `(async () => {
	while ((await indexedDB.databases()).length === 0) await new Promise(later => setTimeout(later, 20))
})().then(() => new Promise((done, failed) => {
	const opening = indexedDB.open('mediarelay')
	opening.onerror = failed
	opening.onsuccess = () => {
		const all = opening.result.transaction(['uploads', 'copies'], 'readwrite')
		const day = 24 * 3600 * 1000
		const keep = (id, change) => {
			all.objectStore('copies').put(new Blob([id]), id)
			all.objectStore('uploads').put({
				id, key: '', origin: 'https://elsewhere.example/', owner: 'somebody', worker: '', request: { place: '/' }, size: 1, sha256: '', url: '',
				accepted: 0, paused: false, copy: id, at: Date.now() - day, ...change })
		}
		keep('young', {})
		keep('old', { at: Date.now() - 8 * day })
		keep('nobodys', { owner: '' })
		all.objectStore('copies').put(new Blob(['x']), 'orphan')
		all.oncomplete = () => { opening.result.close(); done() }
		all.onabort = failed
	}
}))`

// All copies together have a bound. Beyond it an upload goes on without one.
func TestCopiesHaveABound(t *testing.T) {
	s := onStage(t)
	s.open(s.token(time.Hour))
	value[bool](s, strings.Replace(keepInPage, `keep('young', {})`, `keep('huge', { size: 1024 ** 3 })`, 1)+`.then(() => true)`)
	content := notes(4 << 20)
	s.forMessages(true)
	s.proxy.slow(2 << 20)
	s.drop(s.file("notes.txt", content))
	s.untilRecord(`request.name === 'notes.txt' && record.copy === ''`)
	s.until(`row("notes.txt").Accepted > 0`)
	s.proxy.slow(0)
	if done := s.awaitRow("notes.txt", "done"); done.Asset.SHA256 != digestOf(content) {
		t.Errorf("asset %+v", done.Asset)
	}
}

// The same file twice on one page is one upload as well, and one row can go without the other.
func TestTheSameFileTwiceOnOnePage(t *testing.T) {
	s := onStage(t)
	path, content := s.underway(6<<20, 2<<20)
	s.drop(path)
	s.until(`document.querySelector('media-upload').files.filter(file => file.bytesAccepted > 0).length === 2`)
	s.press("notes.txt", "cancel")
	s.until(`document.querySelector('media-upload').files.length === 1`)
	s.proxy.slow(0)
	s.wantSafe("notes.txt", content)
	s.wantOneUpload()
}

// Many small files cost the store few transactions.
func TestManySmallFilesCostTheStoreLittle(t *testing.T) {
	const files = 100
	s := onStageAs(t, setting{files: withWorker(t, `
		const transaction = IDBDatabase.prototype.transaction
		const count = new BroadcastChannel('transactions')
		IDBDatabase.prototype.transaction = function (...how) { count.postMessage(how[1]); return transaction.apply(this, how) }
	`)})
	paths := make([]string, files)
	for i := range paths {
		paths[i] = s.file(fmt.Sprintf("%d.txt", i), notes(20_000+i))
	}
	s.open(s.token(time.Hour))
	s.forMessages(true)
	s.evaluate(`window.transactions = 0; new BroadcastChannel('transactions').onmessage = () => { transactions++ }`)
	s.drop(paths...)
	s.until(fmt.Sprintf(`document.querySelector('media-upload').files.filter(file => file.state === 'done').length === %d`, files))
	s.wantNoRecords()
	if n := value[int](s, `transactions`); n > 3*files {
		t.Errorf("%d transactions for %d files", n, files)
	} else {
		t.Logf("%d transactions for %d files", n, files)
	}
}

// untilRecord waits for a record of an upload that a condition holds for.
func (s *stage) untilRecord(condition string) {
	s.Helper()
	s.evaluate(`const look = () => databases().then(all => { window.records = all['mediarelay.uploads'] ?? [] }).finally(() => setTimeout(look, 20))
		window.looking ??= look()`)
	s.until(fmt.Sprintf(`window.records?.some(record => { const { url, paused, request } = record; return %s })`, condition))
}

// noBlobs refuses them as WebKit does in a private window.
const noBlobs = `const put = IDBObjectStore.prototype.put
	IDBObjectStore.prototype.put = function (value, ...key) {
		if (value instanceof Blob) throw new DOMException('', 'DataCloneError')
		return put.call(this, value, ...key)
	}
`

func TestAStoreThatIsDeletedInTheMiddle(t *testing.T) {
	s := onStage(t)
	_, content := s.underway(6<<20, 2<<20)
	deleted := value[bool](s, `new Promise((done, failed) => Object.assign(indexedDB.deleteDatabase('mediarelay'), { onsuccess: () => done(true), onerror: failed }))`)
	if !deleted {
		t.Fatal("the database was not deleted")
	}
	s.proxy.slow(0)
	s.wantSafe("notes.txt", content)
	s.wantOneUpload()
}

// longestChunk is the longest body that was announced.
func (s *stage) longestChunk() int64 {
	longest := int64(0)
	for _, r := range s.proxy.seen() {
		longest = max(longest, r.length)
	}
	return longest
}

// closeTab closes the tab as a person does. There is nothing to ask of it any more.
func (s *stage) closeTab() {
	s.Helper()
	closed, over := context.WithCancel(s.browser)
	defer func() {
		over()
		s.browser = closed
	}()
	s.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, devtools.Close, cdp.Empty{})
		return chromedp.Void{}, err
	})
}

// withWorker gives the web files with a script in front of the worker's, whose
// compressed forms are left out.
func withWorker(t testing.TB, script string) fs.FS {
	t.Helper()
	copied := fstest.MapFS{}
	err := fs.WalkDir(web.Files(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(web.Files(), name)
		switch {
		case strings.HasPrefix(name, "widget/worker-engine-"): // the page's own part
		case strings.HasPrefix(name, "widget/worker-") && strings.HasSuffix(name, ".js"):
			content = append([]byte(script+";\n"), content...)
		case strings.HasPrefix(name, "widget/worker-"):
			return err
		}
		copied[name] = &fstest.MapFile{Data: content}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return copied
}
