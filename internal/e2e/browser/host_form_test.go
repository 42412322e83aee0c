package browser

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
)

const formPage = `<form id="form"><div id="panel">
		<fieldset id="set"><media-upload name="media" endpoint="ENDPOINT" purpose="message" multiple auto-start></media-upload></fieldset>
	</div><button id="save">Save</button></form>
	<script>window.submits = 0
		form.addEventListener('submit', event => { event.preventDefault(); submits++ })
		window.element = document.querySelector('media-upload')
		window.values = () => new FormData(form).getAll('media').join()</script>`

// A form that is saved while uploads run says so where it is seen, also if the element is
// in a closed tab panel.
func TestSavingDuringAnUploadSaysSo(t *testing.T) {
	t.Parallel()
	places := map[string]string{
		"the element is visible":      ``,
		"its panel is hidden":         `panel.hidden = true`,
		"its panel is invisible":      `panel.style.visibility = 'hidden'`,
		"it is in a closed <details>": `const details = document.createElement('details'); form.prepend(details); details.append(panel)`,
	}
	for i, name := range slices.Sorted(maps.Keys(places)) {
		for j, save := range []string{`save.click()`, `form.requestSubmit()`} {
			t.Run(name+", "+save, func(t *testing.T) {
				stage.Sampled(t, i+j, 3)
				t.Parallel()
				hide := places[name]
				h := newHost(t, formPage)
				h.Proxy.SetRate(64 << 10)
				h.add("media-upload", "notes.txt", 1<<20)
				h.Until(`row("notes.txt").State === 'uploading' && element.matches(':invalid')`)
				h.Evaluate(hide)
				h.Evaluate(save)
				if hide != "" {
					h.Until(`document.querySelector('[data-media-upload-notice]')?.shadowRoot.textContent === element.validationMessage`)
					h.Until(`document.querySelector('[data-media-upload-notice]').checkVisibility()`)
				} else {
					h.Until(`element.shadowRoot.activeElement?.matches('[part=browse]')`)
				}
				if submits := browserstage.Value[int](h.Stage, `submits`); submits != 0 {
					t.Errorf("%d submissions", submits)
				}
				h.Proxy.SetRate(0)
				h.Until(`element.files[0].state === 'done' && element.matches(':valid')`)
				h.Until(`document.querySelector('[data-media-upload-notice]') === null`)
				h.Evaluate(save)
				h.Until(`submits === 1`)
			})
		}
	}
}

// A page that prevents `invalid` says it in its own way.
func TestAPageSaysItselfThatAFormIsNotReady(t *testing.T) {
	t.Parallel()
	h := newHost(t, formPage)
	h.Evaluate(`element.required = true; panel.hidden = true; element.addEventListener('invalid', event => event.preventDefault())`)
	h.Until(`element.matches(':invalid')`)
	h.Evaluate(`save.click(); window.waited = 0; setTimeout(() => waited = 1, 300)`)
	h.Until(`waited`)
	if shown := browserstage.Value[bool](h.Stage, `document.querySelector('[data-media-upload-notice]') !== null`); shown {
		t.Error("the element says it too")
	}
}

// A file that was just added counts as unfinished at once.
func TestAFormIsNotReadyFromTheFirstMoment(t *testing.T) {
	t.Parallel()
	h := newHost(t, formPage)
	h.Until(`element.matches(':valid')`)
	h.Proxy.SetRate(64 << 10)
	h.Evaluate(`window.valid = []; element.addFiles([new File(['a line\n'.repeat(50000)], 'notes.txt')])
		const look = async () => { await element.updateComplete; valid.push(element.matches(':valid')); if (element.files[0].state !== 'uploading') setTimeout(look, 5) }
		void look()`)
	h.Until(`element.files[0].state === 'uploading'`)
	if was := browserstage.Value[bool](h.Stage, `valid.some(valid => valid)`); was {
		t.Error("the form could be submitted before the upload")
	}
}

// The value has each asset once, is complete when upload-success is emitted, and changes
// are told once.
func TestTheValueOfAForm(t *testing.T) {
	t.Parallel()
	h := newHost(t, formPage)
	h.Evaluate(`window.atSuccess = []; window.changes = 0
		element.addEventListener('upload-success', ({ detail }) => atSuccess.push(values().split(',').includes(detail.asset.id)))
		element.addEventListener('change', () => changes++)`)
	h.add("media-upload", "one.txt", 3000)
	h.AwaitRow("one.txt", "done")
	h.add("media-upload", "one.txt", 3000)
	h.Until(`element.files.filter(file => file.state === 'done').length === 2`)
	h.add("media-upload", "other.txt", 6000)
	h.Until(`element.files.filter(file => file.state === 'done').length === 3`)
	h.Until(`values() === element.value.join()`)
	got := browserstage.Value[string](h.Stage, `[element.value.length, new Set(element.value).size, changes, atSuccess.join()].join(' ')`)
	if got != "2 2 2 true,true,true" {
		t.Errorf("values, different values, changes and FormData at upload-success: %s", got)
	}
	h.Evaluate(`element.remove(element.files[1].id)`)
	h.Until(`element.files.length === 2`)
	if left := browserstage.Value[int](h.Stage, `element.value.length`); left != 2 {
		t.Errorf("%d values after one of two rows of the same file was removed, want 2", left)
	}
	h.Evaluate(`set.disabled = true`)
	h.Until(`values() === '' && element.matches(':disabled')`)
	h.add("media-upload", "refused.txt", 3000)
	h.Evaluate(`set.disabled = false`)
	h.Until(`values() === element.value.join()`)
	h.Evaluate(`form.reset()`)
	h.Until(`values() === '' && element.files.length === 0 && element.matches(':state(empty)')`)
	h.Evaluate(`element.removeAttribute('name')`)
	h.add("media-upload", "unnamed.txt", 4500)
	h.AwaitRow("unnamed.txt", "done")
	if all := browserstage.Value[int](h.Stage, `[...new FormData(form)].length`); all != 0 {
		t.Errorf("an element without a name submits %d values", all)
	}
}

// What frameworks do with a node: they set properties before it is defined, clone it, and
// take it out and in again at once.
func TestWhatFrameworksDoWithTheElement(t *testing.T) {
	t.Parallel()
	h := newHost(t, `<div id="root"></div><script>
		window.before = document.createElement('media-upload')
		Object.assign(before, { id: 'late', endpoint: 'ENDPOINT', purpose: 'message', multiple: true, autoStart: true, maxFiles: 2,
			metadata: { campaign: '1' }, getToken: async () => good, messages: { labels: { browse: 'Our own words' } } })
		root.append(before); before.remove(); root.append(before)</script>`)
	h.Until(`late.shadowRoot.querySelector('[part=browse]').innerText === 'Our own words'`)
	h.add("#late", "late.txt", 3000)
	h.Until(`late.files[0].state === 'done'`)
	h.Evaluate(`late.setAttribute('purpose', 'message'); late.toggleAttribute('multiple', true)
		window.copy = late.cloneNode(true); copy.id = 'copy'; root.append(copy); copy.endpoint = 'ENDPOINT'`)
	h.Evaluate(fmt.Sprintf(`copy.endpoint = %q; copy.autoStart = true; copy.getToken = async () => good`, h.Proxy.URL))
	h.Until(`copy.files.length === 0 && copy.purpose === 'message' && copy.multiple`)
	// React's StrictMode mounts twice, and a list moves its nodes.
	h.Evaluate(`for (let i = 0; i < 20; i++) { copy.remove(); root.append(copy); root.prepend(late) }`)
	h.add("#copy", "copy.txt", 6000)
	h.Until(`copy.files[0].state === 'done'`)
	names := browserstage.Value[string](h.Stage, `[...late.files, ...copy.files].map(({ name }) => name).join()`)
	if names != "late.txt,copy.txt" {
		t.Errorf("the elements have %s", names)
	}
	if reflected := browserstage.Value[bool](h.Stage, `document.createElement('media-upload').attributes.length === 0 && !late.hasAttribute('name')`); !reflected {
		t.Error("an element sets attributes on itself")
	}
	if faults := browserstage.Value[[]string](h.Stage, `faults`); len(faults) > 0 {
		t.Errorf("on the page: %v", faults)
	}
}
