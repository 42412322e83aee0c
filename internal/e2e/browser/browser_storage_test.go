package browser

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
)

// If the browser's storage fails in any way, the upload continues from the original file.
func TestStorageFailureNeverFailsAnUpload(t *testing.T) {
	faults := map[string]string{
		"a full disk":           `IDBObjectStore.prototype.put = () => { throw new DOMException('', 'QuotaExceededError') }`,
		"no room for a Blob":    `const put = IDBObjectStore.prototype.put; IDBObjectStore.prototype.put = function (value, ...key) { if (value instanceof Blob) throw new DOMException('', 'QuotaExceededError'); return put.call(this, value, ...key) }`,
		"no Blobs are taken":    browserstage.NoBlobs,
		"the store is refused":  `IDBFactory.prototype.open = () => { throw new DOMException('', 'SecurityError') }`,
		"the store is silent":   `IDBFactory.prototype.open = () => ({})`,
		"a write that is lost":  `IDBObjectStore.prototype.put = () => ({})`,
		"there is no store":     `Object.defineProperty(self, 'indexedDB', { value: undefined })`,
		"copies cannot be read": `const slice = Blob.prototype.slice; IDBObjectStore.prototype.get = () => { throw new DOMException('', 'UnknownError') }`,
	}
	for i, what := range slices.Sorted(maps.Keys(faults)) {
		t.Run(what, func(t *testing.T) {
			stage.Sampled(t, i, 3)
			s := browserstage.NewWith(t, browserstage.Setting{WebFiles: browserstage.WithWorkerScript(t, faults[what]+"\n")})
			_, content := startUpload(s, 3<<20, 2<<20)
			s.Proxy.SetRate(0)
			if done := s.AwaitRow("notes.txt", "done"); done.Asset.SHA256 != stage.Digest(content) {
				t.Errorf("asset %+v", done.Asset)
			}
			s.WantOneUpload()
			s.WantNoError()
		})
	}
}

// Records that no one can resume are removed at the next visit. Recent records stay.
func TestStaleRecordsAreSwept(t *testing.T) {
	s := browserstage.New(t)
	s.Open(s.Token(time.Hour))
	browserstage.Value[bool](s, writeRecords+`.then(() => true)`)
	s.Do(chromedp.Navigate("about:blank"))
	s.Open(s.Token(time.Hour))
	const inStore = `databases().then(all => all['mediarelay.uploads'].map(({ id }) => id).join() + ' ' + all['mediarelay.copies'].length)`
	var left string
	for deadline := time.Now().Add(stage.Timeout); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if left = browserstage.Value[string](s, inStore); left == "young 1" {
			return
		}
	}
	t.Errorf("the store has %q, want the young record and its copy", left)
}

// writeRecords writes records that earlier visits may have left. The worker, which starts
// when somebody shows interest in the element, creates the database.
const writeRecords = `(async () => {
	document.querySelector('media-upload').dispatchEvent(new Event('pointerenter'))
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

// The total size of all copies is bounded. Beyond it an upload runs without a copy.
func TestCopiesAreBounded(t *testing.T) {
	s := browserstage.New(t)
	s.Open(s.Token(time.Hour))
	browserstage.Value[bool](s, strings.Replace(writeRecords, `keep('young', {})`, `keep('huge', { size: 1024 ** 3 })`, 1)+`.then(() => true)`)
	content := stage.Notes(4 << 20)
	s.ForMessages(true)
	s.Proxy.SetRate(2 << 20)
	s.Drop(s.File("notes.txt", content))
	s.UntilRecord(`request.name === 'notes.txt' && record.copy === ''`)
	s.Until(`row("notes.txt").Accepted > 0`)
	s.Proxy.SetRate(0)
	if done := s.AwaitRow("notes.txt", "done"); done.Asset.SHA256 != stage.Digest(content) {
		t.Errorf("asset %+v", done.Asset)
	}
}

// Many small files need few transactions.
func TestManySmallFilesNeedFewTransactions(t *testing.T) {
	const files = 100
	s := browserstage.NewWith(t, browserstage.Setting{WebFiles: browserstage.WithWorkerScript(t, `
		const transaction = IDBDatabase.prototype.transaction
		const count = new BroadcastChannel('transactions')
		IDBDatabase.prototype.transaction = function (...how) { count.postMessage(how[1]); return transaction.apply(this, how) }
	`)})
	paths := make([]string, files)
	for i := range paths {
		paths[i] = s.File(fmt.Sprintf("%d.txt", i), stage.Notes(20_000+i))
	}
	s.Open(s.Token(time.Hour))
	s.ForMessages(true)
	s.Evaluate(`window.transactions = 0; new BroadcastChannel('transactions').onmessage = () => { transactions++ }`)
	s.Drop(paths...)
	s.Until(fmt.Sprintf(`document.querySelector('media-upload').files.filter(file => file.state === 'done').length === %d`, files))
	s.WantNoRecords()
	if n := browserstage.Value[int](s, `transactions`); n > 3*files {
		t.Errorf("%d transactions for %d files", n, files)
	} else {
		t.Logf("%d transactions for %d files", n, files)
	}
}

// Deleting the database during an upload does not disturb it.
func TestStorageDeletedDuringUpload(t *testing.T) {
	s := browserstage.New(t)
	_, content := startUpload(s, 6<<20, 2<<20)
	deleted := browserstage.Value[bool](s, `new Promise((done, failed) => Object.assign(indexedDB.deleteDatabase('mediarelay'), { onsuccess: () => done(true), onerror: failed }))`)
	if !deleted {
		t.Fatal("the database was not deleted")
	}
	s.Proxy.SetRate(0)
	s.WantIntact("notes.txt", content)
	s.WantOneUpload()
}
