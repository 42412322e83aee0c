package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
)

// watcher notes what happens and what goes wrong on a page from its first
// moment, and reads its rows.
const watcher = `
	window.faults = []
	addEventListener('securitypolicyviolation', e => faults.push('policy: ' + e.violatedDirective + ' ' + e.blockedURI))
	addEventListener('error', e => faults.push('error: ' + e.message))
	addEventListener('unhandledrejection', e => faults.push('rejection: ' + e.reason))
	window.told = []
	const events = ['upload-start', 'upload-progress', 'upload-stalled', 'upload-retry', 'upload-pause', 'upload-resume',
		'relay-start', 'upload-success', 'upload-error', 'file-refused', 'auth-required', 'restored', 'complete']
	for (const type of events) document.addEventListener(type, ({ detail }) => told.push({
		At: Date.now(), Type: type, Name: detail.file?.name ?? '', Code: detail.error?.code ?? '', Message: detail.error?.message ?? '',
		Reason: String(detail.reason ?? ''), Accepted: detail.bytesAccepted ?? 0, Shown: detail.bytesShown ?? 0,
	}), true)
	const list = () => document.querySelector('media-upload').shadowRoot
	window.rowNode = name => [...list().querySelectorAll('[data-file-id]')].find(row => row.querySelector('[part~=name]').textContent === name)
	window.row = name => {
		const node = rowNode(name)
		if (!node) return { State: 'absent' }
		const file = document.querySelector('media-upload').files.find(file => file.id === node.dataset.fileId)
		return {
			State: node.dataset.state, Text: node.innerText, Asset: file?.asset ?? null, Accepted: file?.bytesAccepted ?? 0,
			Codes: [...node.querySelectorAll('[data-code]')].map(reason => reason.dataset.code),
		}
	}
	window.samples = []
	window.sampleRow = name => {
		const take = () => {
			const node = rowNode(name)
			if (!node) return
			samples.push({
				At: Date.now(), State: node.dataset.state, Text: node.querySelector('[part~=status]').innerText,
				Percent: Number(node.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow') ?? -1),
			})
		}
		document.addEventListener('upload-progress', take)
		new MutationObserver(take).observe(list(), { subtree: true, childList: true, attributes: true, characterData: true })
	}
	window.databases = async () => {
		const all = {}
		for (const { name } of await indexedDB.databases()) {
			const db = await new Promise((done, failed) => Object.assign(indexedDB.open(name), { onsuccess: e => done(e.target.result), onerror: failed }))
			for (const store of db.objectStoreNames) {
				const rows = db.transaction(store).objectStore(store).getAll()
				all[name + '.' + store] = await new Promise((done, failed) => Object.assign(rows, { onsuccess: () => done(rows.result), onerror: failed }))
			}
			db.close()
		}
		return all
	}
	window.everything = async () => {
		const roots = [document.documentElement, ...[...document.querySelectorAll('*')].flatMap(node => node.shadowRoot ?? [])]
		return [
			location.href, document.cookie, JSON.stringify(history.state), JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }),
			JSON.stringify(await databases()), ...roots.map(root => root.innerHTML),
		]
	}`

// open opens the upload page with a token. At the test's end nothing may have
// gone wrong on it, and nothing may have been forbidden by its policy.
func (s *stage) open(token string) {
	s.Helper()
	s.visit(s.proxy.url + "/#token=" + token)
	s.Cleanup(func() {
		if s.browser.Err() != nil {
			return // it was killed
		}
		if faults := value[[]string](s, `faults`); len(faults) > 0 {
			s.Errorf("on the page: %v", faults)
		}
	})
}

func (s *stage) visit(url string) {
	s.Helper()
	s.must(s.page().navigate(url))
	s.until(`document.querySelector('media-upload')?.shadowRoot?.querySelector('[part~=dropzone]')`)
}

// drop gives files to the element, in Chromium with the mouse.
func (s *stage) drop(paths ...string) {
	s.Helper()
	s.must(s.page().choose(paths))
}

// row is what the list shows of a file.
type row struct {
	State    string
	Text     string
	Accepted int64
	Codes    []string
	Asset    *struct {
		MediaID string `json:"media_id"`
		Handle  string `json:"handle"`
		SHA256  string `json:"sha256"`
	}
}

// awaitRow waits until the row of a file is in a state.
func (s *stage) awaitRow(name, state string) row {
	s.Helper()
	s.until(fmt.Sprintf(`row(%q).State === %q`, name, state))
	return s.row(name)
}

func (s *stage) row(name string) row {
	s.Helper()
	return value[row](s, fmt.Sprintf(`row(%q)`, name))
}

// told is one event of the element, at a time in milliseconds.
type told struct {
	At              int64
	Type, Name      string
	Code, Message   string
	Reason          string
	Accepted, Shown int64
}

func (s *stage) told(types ...string) []told {
	s.Helper()
	var list []told
	for _, event := range value[[]told](s, `told`) {
		for _, name := range types {
			if event.Type == name {
				list = append(list, event)
			}
		}
	}
	return list
}

// press presses a button of a file's row, when it is there.
func (s *stage) press(name, action string) {
	s.Helper()
	button := fmt.Sprintf(`rowNode(%q)?.querySelector('[data-action=%s]')`, name, action)
	s.until(button)
	s.evaluate(button + `.click()`)
}

// until waits for a condition of the page.
func (s *stage) until(condition string) {
	s.Helper()
	s.within(patienceOfPage, condition)
}

// within asks in the page itself, so that a condition is seen soon after it came true.
func (s *stage) within(patience time.Duration, condition string) {
	s.Helper()
	trouble, err := s.page().evaluate(fmt.Sprintf(`new Promise((done, failed) => {
		const end = Date.now() + %d
		const look = () => {
			try {
				if (%s) return done('')
			} catch (error) { return failed(error) }
			if (Date.now() > end) return done('out of patience')
			setTimeout(look, 20)
		}
		look()
	})`, patience.Milliseconds(), condition))
	if err == nil && trouble == "" {
		return
	}
	rows := value[string](s, `document.querySelector('media-upload')?.shadowRoot?.textContent ?? document.body.innerText`)
	s.Fatalf("%s never came true: %s %v; the page says: %s; requests: %s", condition, trouble, err, strings.Join(strings.Fields(rows), " "), s.proxy.story())
}

// value is what an expression in the page comes to; a promise is awaited.
func value[T any](s *stage, expression string) (v T) {
	s.Helper()
	text, err := s.page().evaluate("(async () => JSON.stringify(await (" + expression + ")) ?? 'null')()")
	s.must(err)
	s.must(json.Unmarshal([]byte(text), &v))
	return v
}

func (s *stage) evaluate(script string) {
	s.Helper()
	_, err := s.page().evaluate("(() => {" + script + "\n})(), ''")
	s.must(err)
}

func (s *stage) do(steps ...chromedp.Action[chromedp.Void]) {
	s.Helper()
	s.must(chromedp.Do(s.browser, steps...))
}
