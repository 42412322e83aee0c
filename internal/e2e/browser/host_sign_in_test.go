package browser

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
)

// Pages that render again on every event hand over a new getToken each time. The back-off
// is the element's all the same.
func TestANewGetTokenOnEveryRenderingCausesNoRequests(t *testing.T) {
	t.Parallel()
	for i, answer := range []string{`''`, `'<!doctype html><title>Sign in</title>'`, `Promise.reject(new Error('signed out'))`, `bad`} {
		t.Run(answer, func(t *testing.T) {
			stage.Sampled(t, i, 2)
			t.Parallel()
			h := newHost(t, recordConsole+plainElement)
			h.Evaluate(`window.calls = 0; window.renderings = 0; window.bad = ` + "`" + h.Token(-time.Hour) + "`" + `
				const element = document.querySelector('media-upload')
				const render = () => { if (window.stopped) return; renderings++; element.getToken = async () => { calls++; return ` + answer + ` } }
				for (const type of ['auth-required', 'upload-retry', 'upload-start', 'file-checked']) element.addEventListener(type, render)
				setInterval(render, 20)
				render()`)
			h.add("media-upload", "notes.txt", 3000)
			h.AwaitRow("notes.txt", "waiting")
			h.Until(`renderings > 250`)
			if calls := browserstage.Value[int](h.Stage, `calls`); calls < 1 || calls > 6 {
				t.Errorf("getToken was called %d times within 250 renderings in five seconds", calls)
			}
			h.Evaluate(`stopped = true
				document.querySelector('media-upload').getToken = async () => good`)
			h.AwaitRow("notes.txt", "done")
		})
	}
}

// A login page in place of a token: the console has one line, the worker survives, and the
// upload resumes once there is a token.
func TestALoginPageAsTokenIsNamed(t *testing.T) {
	t.Parallel()
	h := newHost(t, recordConsole+plainElement)
	h.Evaluate(`window.codes = []; window.answer = '<!doctype html><title>Sign in: s3cret-nonce</title>'
		const element = document.querySelector('media-upload')
		element.addEventListener('auth-required', ({ detail }) => codes.push(detail.code))
		element.getToken = async () => answer`)
	h.add("media-upload", "notes.txt", 3000)
	h.Until(`codes.includes('token_invalid')`)
	h.Until(`list().querySelector('.notice')?.innerText.includes("couldn’t sign you in")`)
	said := h.warnings()
	if len(said) != 1 || !strings.Contains(said[0], "token_invalid") || !strings.Contains(said[0], "HTML") || strings.Contains(said[0], "s3cret") {
		t.Errorf("the console says %q", said)
	}
	h.Evaluate(`answer = good`)
	h.AwaitRow("notes.txt", "done")
	h.WantNoError()
}

// The signal ends with the need: the upload is cancelled, or the element is gone.
func TestTheSignalOfGetTokenAbortsWithTheNeed(t *testing.T) {
	t.Parallel()
	ends := map[string]string{
		"the upload is cancelled": `element.cancel()`,
		"the file is removed":     `element.remove(element.files[0].id)`,
		"the form is reset":       `element.formResetCallback()`,
		"the element is removed":  `element.remove(); dispatchEvent(new PageTransitionEvent('pagehide'))`,
		"the person signs out":    `element.getToken = undefined`,
	}
	for i, name := range slices.Sorted(maps.Keys(ends)) {
		t.Run(name, func(t *testing.T) {
			stage.Sampled(t, i, 3)
			t.Parallel()
			h := newHost(t, plainElement)
			h.Evaluate(`window.signals = []
				document.querySelector('media-upload').getToken = ({ signal }) => { signals.push(signal); return new Promise(() => {}) }`)
			h.add("media-upload", "notes.txt", 3000)
			h.Until(`signals.length === 1`)
			h.Evaluate(`window.element = document.querySelector('media-upload'); ` + ends[name])
			h.Until(`signals[0].aborted`)
			h.Evaluate(`window.later = 0; setTimeout(() => later = 1, 1000)`)
			h.Until(`later`)
			if calls := browserstage.Value[int](h.Stage, `signals.length`); calls != 1 {
				t.Errorf("getToken was called %d times", calls)
			}
		})
	}
}

// A computer's clock that is hours off refuses no valid link, and promises no wrong time.
func TestLinksWithAWrongClock(t *testing.T) {
	t.Parallel()
	skews := map[string]string{"13 hours ahead": "13", "13 hours behind": "-13", "a year ahead": "8760"}
	for i, name := range slices.Sorted(maps.Keys(skews)) {
		t.Run(name, func(t *testing.T) {
			stage.Sampled(t, i, 2)
			t.Parallel()
			hours := skews[name]
			clock := `{ const now = Date.now; const skew = ` + hours + ` * 3600_000; const Real = Date
				globalThis.Date = class extends Real { constructor(...a) { a.length ? super(...a) : super(now() + skew) } static now() { return now() + skew } } }`
			s := browserstage.NewWith(t, browserstage.Setting{WebFiles: browserstage.WithWorkerScript(t, clock)})
			s.BeforePages(clock)
			s.Open(s.Token(12 * time.Hour))
			s.Until(sessionText + `.includes('link valid for 12 hours')`)
			s.Until(`document.getElementById('sign-in').hidden`)
			s.ForMessages(true)
			s.Drop(s.File("notes.txt", []byte(strings.Repeat("a line\n", 500))))
			row := s.AwaitRow("notes.txt", "done")
			if !strings.Contains(row.Text, "in 30 days") && !strings.Contains(row.Text, "in 29 days") {
				t.Errorf("the row says %q", row.Text)
			}
			if hours == "-13" {
				return
			}
			followLink(s, s.Token(-time.Minute))
			s.Until(`!document.getElementById('sign-in').hidden`)
		})
	}
}
