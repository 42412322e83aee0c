package browser

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
)

const plainElement = `<media-upload endpoint="ENDPOINT" purpose="message" multiple auto-start></media-upload>`

// A framework sets undefined, a removed attribute is null, and a page makes mistakes. The
// element works with the default, and the console names the mistake once.
func TestAnyValueOfAPropertyIsTaken(t *testing.T) {
	t.Parallel()
	h := newHost(t, recordConsole+plainElement)
	for _, c := range []struct{ set, now, warns string }{
		{`e.purpose = undefined`, `e.purpose === ''`, ""},
		{`e.purpose = null`, `e.purpose === ''`, ""},
		{`e.purpose = ['message']`, `e.purpose === ''`, "purpose must be"},
		{`e.purpose = 'mesage'`, `e.purpose === 'mesage'`, `unknown word "mesage"`},
		{`e.purpose = 'message'`, `e.purpose === 'message'`, ""},
		{`e.removeAttribute('kinds')`, `e.kinds === ''`, ""},
		{`e.kinds = 7`, `e.kinds === ''`, "kinds must be"},
		{`e.multiple = 'yes'`, `e.multiple === false`, "multiple must be"},
		{`e.multiple = ''`, `e.multiple === true`, ""},
		{`e.autoStart = {}`, `e.autoStart === false`, "autoStart must be"},
		{`e.autoStart = true`, `e.autoStart === true`, ""},
		{`e.setAttribute('max-files', 'many')`, `e.maxFiles === 0`, "maxFiles must be"},
		{`e.maxFiles = -1`, `e.maxFiles === 0`, "maxFiles must be"},
		{`e.maxFiles = '12'`, `e.maxFiles === 12`, ""},
		{`e.concurrency = NaN`, `e.concurrency === 3`, "concurrency must be"},
		{`e.removeAttribute('max-files')`, `e.maxFiles === 0`, ""},
		{`e.name = Symbol.iterator`, `e.name === ''`, "name must be"},
		{`e.restoreKey = {}`, `e.restoreKey === ''`, "restoreKey must be"},
		{`e.lang = 5`, `e.lang === ''`, "lang must be"},
		{`e.required = 'no'`, `e.required === false`, "required must be"},
		{`e.disabled = null`, `e.disabled === false`, ""},
		{`e.messages = 'Hello'`, `Object.keys(e.messages).length === 0`, "messages must be"},
		{`e.messages = { labels: { browse: 5, total: { one: 1 } }, reasons: { x: null }, fixes: [], terms: null }`, `true`, ""},
		{`e.metadata = 'campaign=1'`, `Object.keys(e.metadata).length === 0`, "metadata must be"},
		{`e.metadata = [['campaign', '1']]`, `Object.keys(e.metadata).length === 0`, "metadata must be"},
		{`window.fetchToken ??= e.getToken; e.getToken = 'a.b.c'`, `e.getToken === undefined`, "getToken must be"},
		{`e.getToken = fetchToken`, `e.getToken === fetchToken`, ""},
		{`e.addFiles(null)`, `e.files.length === 0`, "addFiles takes an array"},
		{`e.addFiles([new Blob(['x']), 'text'])`, `e.files.length === 0`, "addFiles takes files"},
	} {
		before := len(h.warnings())
		h.Evaluate(`const e = document.querySelector('media-upload'); ` + c.set)
		h.Evaluate(`const e = document.querySelector('media-upload'); ` + c.set)
		if ok := browserstage.Value[bool](h.Stage, `(() => { const e = document.querySelector('media-upload'); return `+c.now+` })()`); !ok {
			t.Errorf("after %s, %s does not hold", c.set, c.now)
		}
		said := slices.DeleteFunc(h.warnings()[before:], func(line string) bool { return strings.HasPrefix(line, "info") })
		if c.warns == "" && len(said) > 0 || c.warns != "" && (len(said) != 1 || !strings.Contains(said[0], c.warns)) {
			t.Errorf("%s twice: the console says %q, want %q once", c.set, said, c.warns)
		}
	}
	h.add("media-upload", "after.txt", 1000)
	h.AwaitRow("after.txt", "done")
}

// A mistake in metadata is the page's: it never says that the file has changed, and the
// server gets what is valid.
func TestMetadataOfAnyTypeIsThePagesMistake(t *testing.T) {
	t.Parallel()
	for i, c := range []struct{ name, metadata, state, code, warns string }{
		{"a key with a space", `{ 'my key': '1', campaign: 'ok' }`, "done", "", `"my key" must be ASCII`},
		{"an empty key", `{ '': '1' }`, "done", "", `must be ASCII`},
		{"a reserved key", `{ filename: 'other.txt' }`, "done", "", "reserved"},
		{"a value of another alphabet", `{ campaign: 'Frühling 春 🌷' }`, "done", "", ""},
		{"half a character", `{ campaign: '\ud800' }`, "done", "", ""},
		{"numbers and nothing", `{ a: 1, b: true, c: null, d: undefined }`, "done", "", ""},
		{"an object as a value", `{ a: { b: 1 } }`, "done", "", "must be a text"},
		{"a function", `{ a: () => 1 }`, "done", "", "must be a text"},
		{"a function that returns nothing", `() => {}`, "done", "", ""},
		{"a function that returns a text", `() => 'a=1'`, "done", "", "must be an object"},
		{"a function that throws", `() => { throw new Error('no campaign') }`, "failed", "page_error", "no campaign"},
		{"an async function", `async () => ({ a: '1' })`, "failed", "page_error", "not a promise"},
	} {
		t.Run(c.name, func(t *testing.T) {
			stage.Sampled(t, i+2, 3)
			t.Parallel()
			h := newHost(t, recordConsole+plainElement)
			h.Evaluate(`document.querySelector('media-upload').metadata = ` + c.metadata)
			h.add("media-upload", "notes.txt", 1000)
			row := h.AwaitRow("notes.txt", c.state)
			if c.code != "" && !slices.Equal(row.Codes, []string{c.code}) {
				t.Errorf("the row says %v, want %s", row.Codes, c.code)
			}
			if errors := h.Events("upload-error"); (c.code != "") != (len(errors) == 1) {
				t.Errorf("upload-error: %+v", errors)
			}
			said := h.warnings()
			if c.warns == "" && len(said) > 0 || c.warns != "" && (len(said) != 1 || !strings.Contains(said[0], c.warns)) {
				t.Errorf("the console says %q, want %q", said, c.warns)
			}
			if c.code == "" {
				return
			}
			h.Evaluate(`document.querySelector('media-upload').metadata = {}`)
			h.Press("notes.txt", "retry")
			h.AwaitRow("notes.txt", "done")
		})
	}
}

// The row says whose fault it is: the page's or the file's.
func TestAFaultOfThePageIsNoneOfTheFile(t *testing.T) {
	t.Parallel()
	h := unopenedHost(t, browserstage.Setting{WebFiles: browserstage.WithWorkerScript(t, `
		const arrayBuffer = Blob.prototype.arrayBuffer
		Blob.prototype.arrayBuffer = function () {
			if (this.size === 2000 - 2000 % 15) throw new DOMException('gone', 'NotReadableError')
			return arrayBuffer.call(this)
		}
	`)}, plainElement)
	h.open("/page")
	h.Evaluate(`document.querySelector('media-upload').metadata = file => { if (file.name === 'page.txt') throw new Error() }`)
	h.add("media-upload", "page.txt", 1000)
	h.add("media-upload", "file.txt", 2000)
	h.add("media-upload", "good.txt", 3000)
	for name, code := range map[string]string{"page.txt": "page_error", "file.txt": "file_changed"} {
		row := h.AwaitRow(name, "failed")
		if !slices.Equal(row.Codes, []string{code}) {
			t.Errorf("%s: the row says %v, want %s", name, row.Codes, code)
		}
	}
	h.AwaitRow("good.txt", "done")
}

// Whatever keeps a file from being uploaded, upload-error says so, and complete counts.
func TestUploadErrorFiresForEveryFailedFile(t *testing.T) {
	t.Parallel()
	for i, c := range []struct{ name, element, before, code string }{
		{"no media server", `<media-upload endpoint="ftp://media.example.com" multiple auto-start></media-upload>`, ``, "endpoint_invalid"},
		{"the engine's code is missing", `<media-upload endpoint="ENDPOINT" multiple auto-start></media-upload>`, `customElements.get('media-upload').loadEngine = () => Promise.reject(new TypeError('404'))`, "engine_unavailable"},
		{"no worker", `<media-upload endpoint="ENDPOINT" multiple auto-start></media-upload>`, `delete window.Worker; window.Worker = class { constructor() { throw new Error('no') } }`, "engine_unavailable"},
		{"the page's mistake", `<media-upload endpoint="ENDPOINT" multiple auto-start></media-upload>`, `document.querySelector('media-upload').metadata = () => { throw new Error('x') }`, "page_error"},
	} {
		t.Run(c.name, func(t *testing.T) {
			stage.Sampled(t, i, 2)
			t.Parallel()
			// Without a token nothing is loaded before the first file.
			h := newHost(t, `<script>window.completes = []
				document.addEventListener('complete', ({ detail }) => completes.push(structuredClone(detail)))
				window.requestIdleCallback = () => 0</script>`+c.element)
			h.Evaluate(c.before)
			h.add("media-upload", "one.txt", 1000)
			h.add("media-upload", "two.txt", 2000)
			h.Until(`told.filter(event => event.Type === 'upload-error').length === 2`)
			for _, event := range h.Events("upload-error") {
				if event.Code != c.code || event.Message == "" {
					t.Errorf("upload-error: %+v, want %s", event, c.code)
				}
			}
			h.Until(`completes.length > 0`)
			got := browserstage.Value[string](h.Stage, `(({ files, succeeded, refused, failed }) => [files.length, succeeded, refused, failed].join(' '))(completes.at(-1))`)
			if got != "2 0 0 2" {
				t.Errorf("complete says %s (files, succeeded, refused, failed)", got)
			}
		})
	}
}

// complete counts, results() lists, and every event's detail can be cloned.
func TestCompleteCountsAndResultsList(t *testing.T) {
	t.Parallel()
	h := newHost(t, `<script>window.uncloned = []; window.completes = []
		for (const type of ['file-added', 'file-checked', 'file-refused', 'upload-start', 'upload-progress', 'relay-start', 'upload-success', 'complete']) {
			document.addEventListener(type, event => {
				try { structuredClone(event.detail) } catch { uncloned.push(type) }
				if (!event.bubbles || !event.composed) uncloned.push(type + ' does not bubble')
				if (type === 'complete') completes.push(event.detail)
			})
		}
		document.addEventListener('file-added', event => { if (event.detail.file.name === 'unwanted.txt') event.preventDefault() })
		document.addEventListener('upload-start', event => { if (event.detail.file.name === 'later.txt') event.preventDefault() })</script>`+plainElement)
	for i, name := range []string{"one.txt", "unwanted.txt", "later.txt"} {
		h.add("media-upload", name, 1000+i*500)
	}
	h.Evaluate(`document.querySelector('media-upload').addFiles([new File(['<html><script>'], 'page.html')])`)
	h.AwaitRow("one.txt", "done")
	h.AwaitRow("page.html", "refused")
	h.AwaitRow("later.txt", "ready")
	if state := h.Row("unwanted.txt").State; state != "absent" {
		t.Errorf("a file whose file-added was prevented is %s", state)
	}
	if early := browserstage.Value[int](h.Stage, `completes.length`); early != 0 {
		t.Errorf("%d complete events before the last file", early)
	}
	h.Evaluate(`document.querySelector('media-upload').cancel(document.querySelector('media-upload').files.find(({ name }) => name === 'later.txt').id)`)
	h.Until(`completes.length === 1`)
	got := browserstage.Value[string](h.Stage, `[completes[0].succeeded, completes[0].refused, completes[0].failed].join(' ')`)
	if got != "1 1 0" {
		t.Errorf("complete says %s (succeeded, refused, failed)", got)
	}
	results := browserstage.Value[[]map[string]string](h.Stage, `document.querySelector('media-upload').results()`)
	if len(results) != 1 || results[0]["name"] != "one.txt" || results[0]["media_id"] == "" || results[0]["asset_id"] == "" || results[0]["media_id_expires_at"] == "" {
		t.Errorf("results() is %v", results)
	}
	if purposes := browserstage.Value[[]string](h.Stage, `document.querySelector('media-upload').files[0].purposes`); !slices.Equal(purposes, []string{"message"}) {
		t.Errorf("a file's purposes are %v", purposes)
	}
	if uncloned := browserstage.Value[[]string](h.Stage, `uncloned`); len(uncloned) > 0 {
		t.Errorf("events: %v", uncloned)
	}
}

// Endpoints as portals write them.
func TestEndpoints(t *testing.T) {
	t.Parallel()
	for i, c := range []struct{ name, endpoint, head, want string }{
		{"with a slash", "ENDPOINT/", "", "done"},
		{"several", "ENDPOINT//", "", "done"},
		{"white space", " ENDPOINT ", "", "done"},
		{"a base of another origin", "/media", `<base href="https://elsewhere.example/x/">`, "done"},
		{"a path", "/media/", "", "done"},
		{"a relative path", "media", "", "done"},
		{"no scheme", "media.example.com", "", "failed"},
		{"another scheme", "javascript:alert(1)", "", "failed"},
		{"a query", "ENDPOINT?tenant=1", "", "failed"},
		{"a fragment", "ENDPOINT#x", "", "failed"},
		{"a password", "https://me:secret@media.example.com", "", "failed"},
		{"no URL", "http://", "", "failed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			stage.Sampled(t, i, 3)
			t.Parallel()
			h := newHost(t, recordConsole+c.head+fmt.Sprintf(`<media-upload endpoint="%s" purpose="message" multiple auto-start></media-upload>`, c.endpoint))
			h.add("media-upload", "notes.txt", 3000)
			row := h.AwaitRow("notes.txt", c.want)
			said := h.warnings()
			if c.want == "failed" && (!slices.Equal(row.Codes, []string{"endpoint_invalid"}) || len(said) != 1 || !strings.Contains(said[0], "endpoint")) {
				t.Errorf("the row says %v, the console %q", row.Codes, said)
			}
			if c.want == "done" && len(said) > 0 {
				t.Errorf("the console says %q", said)
			}
		})
	}
}

// Without an endpoint, the media server is the one that the script comes from, also below a
// path of a proxy.
func TestWithoutEndpointTheScriptsServerIsUsed(t *testing.T) {
	t.Parallel()
	h := newHost(t, `<script type="module" src="/media/widget/media-upload.js"></script>
		<media-upload purpose="message" multiple auto-start></media-upload>`)
	h.add("media-upload", "notes.txt", 3000)
	h.AwaitRow("notes.txt", "done")
	if created := h.RequestsWith("POST"); len(created) != 1 || created[0].Path != "/files/" {
		t.Errorf("creations: %+v", created)
	}
}
