package browser

import (
	"fmt"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage/browserstage"
)

// A drag with a file, as scripts can make one. Events are dispatched on the page's own
// nodes, so that the page may stop them first.
const dragScript = `<script>
	window.drag = (type, node, more = {}) => {
		const data = new DataTransfer()
		data.items.add(new File(['dropped\n'], 'dropped.txt', { type: 'text/plain' }))
		return node.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, composed: true, cancelable: true, ...more }))
	}
	window.isDragging = () => document.querySelector('media-upload').matches(':state(dragging)')
	addEventListener('DOMContentLoaded', () => {
		for (const type of ['dragenter', 'dragover', 'dragleave', 'drop']) zone.addEventListener(type, event => { event.preventDefault(); event.stopPropagation() })
	})</script><div id="zone">The page's own drop zone</div><iframe id="frame" srcdoc="<p>frame"></iframe>`

// The highlight ends however the drag ends.
func TestTheHighlightEndsWithTheDrag(t *testing.T) {
	t.Parallel()
	h := newHost(t, dragScript+plainElement)
	for _, c := range []struct{ name, end string }{
		{"dropped on the page's own zone", `drag('drop', zone)`},
		{"out of the window", `drag('dragleave', document.body, { relatedTarget: null })`},
		{"ended with Escape or over a frame, of which nothing is reported", ``},
		{"the source of the drag ends it", `document.body.dispatchEvent(new DragEvent('dragend', { bubbles: true }))`},
		{"the element is removed", `window.away = document.querySelector('media-upload'); away.remove(); document.body.append(away)`},
	} {
		h.Evaluate(`drag('dragenter', zone); drag('dragover', zone)`)
		h.Until(`isDragging()`)
		h.Evaluate(c.end)
		h.Within(5*time.Second, `!isDragging()`)
	}
	// A busy machine may hold the events back for longer than the element waits.
	h.Evaluate(`window.lost = 0; window.times = 0; let last = performance.now()
		const over = async () => {
			const late = performance.now() - last > 500
			drag('dragover', document.body)
			await document.querySelector('media-upload').updateComplete
			if (!isDragging() || !late && before) lost++
			before = !isDragging()
			last = performance.now()
			if (++times < 10) setTimeout(over, 300)
		}
		let before = false
		void over()`)
	h.Until(`times === 10`)
	if lost := browserstage.Value[int](h.Stage, `lost`); lost > 0 {
		t.Errorf("the highlight was lost %d times while the drag was over the page", lost)
	}
	h.Evaluate(`drag('drop', document.querySelector('media-upload').shadowRoot.querySelector('[part~=dropzone]'))`)
	h.AwaitRow("dropped.txt", "done")
	if files := browserstage.Value[int](h.Stage, `document.querySelector('media-upload').files.length`); files != 1 {
		t.Errorf("%d files, want only the one that was dropped on the element", files)
	}
}

// What is pasted into a field, and a text with its picture, is the page's.
func TestWhatIsPasted(t *testing.T) {
	t.Parallel()
	h := newHost(t, `<script>
		window.paste = (node, files, text = '') => {
			const data = new DataTransfer()
			for (const name of files) data.items.add(new File(['pasted\n'], name, { type: 'text/plain' }))
			if (text) { data.setData('text/plain', text); data.setData('text/html', '<p>' + text) }
			return node.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, composed: true, cancelable: true }))
		}</script><media-upload endpoint="ENDPOINT" purpose="message" multiple auto-start>
			<span slot="hint"><input id="field"><textarea id="area"></textarea><b id="rich" contenteditable>rich</b><i id="plain">plain</i></span></media-upload>`)
	for _, c := range []struct {
		name, node, files, text string
		taken                   bool
	}{
		{"into an input", `field`, `['picture.txt']`, "", false},
		{"into a text area", `area`, `['image.png']`, "Offer", false},
		{"into rich text", `rich`, `['picture.txt']`, "", false},
		{"a text with its picture", `plain`, `['image.png']`, "From Word", false},
		{"a text alone", `plain`, `[]`, "Text", false},
		{"a file with its name as text", `plain`, `['from finder.txt']`, "from finder.txt", true},
		{"a file", `plain`, `['pasted.txt']`, "", true},
		{"a picture without a text", `plain`, `['image.png']`, "", true},
	} {
		before := browserstage.Value[int](h.Stage, `document.querySelector('media-upload').files.length`)
		prevented := browserstage.Value[bool](h.Stage, fmt.Sprintf(`!paste(%s, %s, %q)`, c.node, c.files, c.text))
		if prevented != c.taken {
			t.Errorf("%s: the paste is prevented: %t, want %t", c.name, prevented, c.taken)
		}
		if c.taken {
			h.Until(fmt.Sprintf(`document.querySelector('media-upload').files.length === %d`, before+1))
			continue
		}
		if after := browserstage.Value[int](h.Stage, `document.querySelector('media-upload').files.length`); after != before {
			t.Errorf("%s: %d files more", c.name, after-before)
		}
	}
}
