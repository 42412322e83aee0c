package browserstage

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"mediarelay/web"
)

// NoBlobs is a worker script that makes IndexedDB reject Blobs, as WebKit does in a
// private window.
const NoBlobs = `const put = IDBObjectStore.prototype.put
	IDBObjectStore.prototype.put = function (value, ...key) {
		if (value instanceof Blob) throw new DOMException('', 'DataCloneError')
		return put.call(this, value, ...key)
	}
`

// WithWorkerScript returns the web files with a script in front of the upload worker. The
// worker's compressed forms are left out.
func WithWorkerScript(t testing.TB, script string) fs.FS {
	t.Helper()
	copied := fstest.MapFS{}
	err := fs.WalkDir(web.Files(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(web.Files(), name)
		switch {
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

// NoStore is a worker script that makes IndexedDB fail, so that the browser keeps no copy.
const NoStore = `indexedDB.open = () => { throw new DOMException('no', 'SecurityError') }` + "\n"

// withPageScript adds the page script as the page's first script: WebDriver cannot run a
// script before the page's own.
func withPageScript(t testing.TB, files fs.FS) fs.FS {
	t.Helper()
	if files == nil {
		files = web.Files()
	}
	const path = "assets/watcher.js"
	copied := fstest.MapFS{path: {Data: []byte(PageScript)}}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, name)
		copied[name] = &fstest.MapFile{Data: content}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	before, after, found := strings.Cut(string(copied["index.html"].Data), "<script ")
	if !found {
		t.Fatal("the page has no script")
	}
	copied["index.html"].Data = []byte(before + `<script src="/` + path + `"></script><script ` + after)
	return copied
}

// PageScript is the script that the stage runs before a page's own, for a page that has to
// bring it itself.
const PageScript = pageScript + listenToConsole

// listenToConsole records what the page writes to its console.
const listenToConsole = `
	window.said = []
	for (const level of ['debug', 'log', 'info', 'warn', 'error']) {
		const say = console[level]
		console[level] = (...words) => { said.push(words.join(' ')); say.apply(console, words) }
	}`
