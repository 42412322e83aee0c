package embed

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
	"mediarelay/internal/e2e/stage/portal"
	"mediarelay/internal/sandbox"
)

// countWorkers counts the workers that the page starts.
const countWorkers = `<script>window.workers = 0
	window.Worker = class extends Worker { constructor(...how) { super(...how); workers++ } }</script>`

// severalElements replaces the snippet's script and element by so many elements.
func severalElements(count int) func(string) string {
	return func(snippet string) string {
		before, rest, _ := strings.Cut(snippet, "<media-upload ")
		_, script, _ := strings.Cut(rest, "</media-upload>")
		var elements strings.Builder
		for i := range count {
			fmt.Fprintf(&elements, `<media-upload name="n%d" endpoint="https://media.example.com" purpose="message" multiple auto-start></media-upload>`+"\n", i)
		}
		return countWorkers + before + elements.String() + script
	}
}

func TestUntouchedElementsStartNothing(t *testing.T) {
	t.Parallel()
	p := portal.Open(t, portal.Setting{Site: portal.AnotherSite, Change: severalElements(40)})
	// The element asks the browser for idle time at most 2 s after it was connected.
	p.Evaluate(`setTimeout(() => requestIdleCallback(() => { window.idle = true }), 2500)`)
	p.Until(`window.idle`)
	p.Until(`document.querySelectorAll('media-upload:defined').length === 40`)
	if started := workers(p); started != 0 {
		t.Errorf("40 untouched elements started %d workers", started)
	}
	content := stage.Notes(300_000)
	p.Drop(p.File("notes.txt", content))
	p.WantIntact("notes.txt", content)
	if started := workers(p); started != 1 {
		t.Errorf("one element started %d workers", started)
	}
}

// Two people's elements share the worker, and each uses its own token. One signs out, and
// the other's upload does not notice.
func TestElementsOfOnePageShareAWorkerAndNothingElse(t *testing.T) {
	t.Parallel()
	p := portal.Open(t, portal.Setting{Site: portal.AnotherSite, Change: severalElements(2)})
	p.Evaluate(fmt.Sprintf(`[window.ana, window.ben] = document.querySelectorAll('media-upload')
		ana.getToken = async () => %s
		ben.getToken = async () => %s
		window.notes = size => new File(['notes\n'.repeat(size / 6)], 'notes-' + size + '.txt')`, quoted(p.TokenOf("ana", time.Hour)), quoted(p.TokenOf("ben", time.Hour))))
	p.Proxy.SetRate(1 << 20)
	p.Evaluate(`ana.addFiles([notes(6_000_000)]); ben.addFiles([notes(3_000_000)])`)
	p.Until(`ana.files[0].bytesAccepted > 0 && ben.files[0].bytesAccepted > 0`)
	p.Evaluate(`ana.getToken = undefined`)
	p.Proxy.SetRate(0)
	p.Until(`ben.files[0].state === 'done' && ana.files[0].state === 'waiting'`)
	p.Evaluate(fmt.Sprintf(`ana.getToken = async () => %s`, quoted(p.TokenOf("ana", time.Hour))))
	p.Until(`ana.files[0].state === 'done'`)
	// An element that is gone for good stops without the other, and takes the worker with it if it is the last.
	p.Proxy.SetRate(256 << 10)
	p.Evaluate(`ana.addFiles([notes(5_400_000)]); ben.addFiles([notes(9_000_000)])`)
	p.Until(`ana.files[1].bytesAccepted > 0 && ben.files[1].bytesAccepted > 0`)
	p.Evaluate(`ana.remove()`)
	p.Until(`ana.files[1].state === 'queued'`)
	p.Proxy.SetRate(0)
	p.Until(`ben.files[1].state === 'done'`)
	p.Evaluate(`document.body.append(ana)`)
	p.Until(`ana.files[1].state === 'done'`)
	if started := workers(p); started != 1 {
		t.Errorf("two elements started %d workers, want 1", started)
	}
	subjects := map[string]int{}
	for _, upload := range p.Server.Uploads() {
		if upload.State != "done" {
			t.Errorf("an upload has not ended: %+v", upload)
		}
		subjects[fmt.Sprint(upload.Length)]++
	}
	if len(subjects) != 4 {
		t.Errorf("the server has %v, want four uploads", subjects)
	}
}

// However many files and elements share the worker, one stream tells the person's tokens of their uploads.
func TestElementsOfOnePersonShareAStream(t *testing.T) {
	t.Parallel()
	p := portal.Open(t, portal.Setting{Site: portal.AnotherSite, Change: severalElements(2)})
	const files = 4
	for range 2 * files {
		p.Sandbox.Faults().Add(sandbox.OpUploadMedia, sandbox.Slow(4<<10))
	}
	p.Evaluate(fmt.Sprintf(`window.elements = [...document.querySelectorAll('media-upload')]
		const tokens = [%s, %s]
		elements.forEach((element, at) => {
			element.getToken = async () => tokens[at]
			element.addFiles(Array.from({ length: %d }, (_, n) => new File([('notes ' + at + n + '\n').repeat(2000)], 'notes' + at + n + '.txt')))
		})`, quoted(p.TokenOf("ana", time.Hour)), quoted(p.TokenOf("ana", 2*time.Hour)), files))
	p.Until(fmt.Sprintf(`elements.every(element => element.files.filter(file => file.state === 'done').length === %d)`, files))
	p.WantOneEventStream()
	if started := workers(p); started != 1 {
		t.Errorf("two elements started %d workers, want 1", started)
	}
}

func quoted(text string) string {
	encoded, _ := json.Marshal(text) // a string cannot fail
	return string(encoded)
}

// workers is how many workers the page has started, which counts them by countWorkers.
func workers(p portal.Portal) int {
	p.Helper()
	return browserstage.Value[int](p.Stage, `window.workers`)
}
