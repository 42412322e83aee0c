package browser

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"mediarelay/internal/e2e/stage/browserstage"
)

// axeScript is the checker of web/package.json.
const axeScript = "../../../web/node_modules/axe-core/axe.min.js"

const shownElement = `<style>html { background: Canvas; color: CanvasText; color-scheme: light dark }</style><main><h1>Media</h1>
	<media-upload endpoint="ENDPOINT" purpose="message" multiple auto-start concurrency="1"></media-upload></main>`

// elementStates brings the element into eight states, one after the other.
var elementStates = []struct {
	name  string
	enter func(h host)
}{
	{"empty", func(host) {}},
	{"drag", func(h host) {
		h.Evaluate(`window.dragging = setInterval(() => { const data = new DataTransfer(); data.items.add(new File(['x'], 'x.txt'))
			document.body.dispatchEvent(new DragEvent('dragover', { dataTransfer: data, bubbles: true, cancelable: true })) }, 200)`)
		h.Until(`document.querySelector('media-upload').matches(':state(dragging)')`)
	}},
	{"queued", func(h host) {
		h.Evaluate(`clearInterval(dragging)`)
		h.Until(`!document.querySelector('media-upload').matches(':state(dragging)')`)
		h.Proxy.SetRate(64 << 10)
		h.add("media-upload", "first.txt", 4<<20)
		h.add("media-upload", "second.txt", 1<<20)
		h.AwaitRow("second.txt", "queued")
	}},
	{"uploading", func(h host) { h.AwaitRow("first.txt", "uploading") }},
	{"paused", func(h host) {
		h.Press("first.txt", "pause")
		h.AwaitRow("first.txt", "paused")
	}},
	{"offline", func(h host) {
		h.Proxy.Stop()
		h.Evaluate(`Object.defineProperty(navigator, 'onLine', { get: () => false, configurable: true }); dispatchEvent(new Event('offline'))`)
		h.Press("first.txt", "resume")
		h.Until(`document.querySelector('media-upload').matches(':state(offline)')`)
	}},
	{"error", func(h host) {
		h.Evaluate(`document.querySelector('media-upload').metadata = () => { throw new Error('a mistake') }
			document.querySelector('media-upload').addFiles([new File(['<html><script>'], 'page.html')])`)
		h.AwaitRow("page.html", "refused")
		h.add("media-upload", "third.txt", 5000)
		h.AwaitRow("third.txt", "failed")
	}},
	{"done", func(h host) {
		h.Evaluate(`document.querySelector('media-upload').clear(); document.querySelector('media-upload').metadata = {}; delete navigator.onLine`)
		h.Proxy.Start()
		h.Proxy.SetRate(0)
		h.add("media-upload", "fourth.txt", 6000)
		h.AwaitRow("fourth.txt", "done")
	}},
}

// X1: axe finds nothing in eight states, light and dark, in both directions.
func TestAxeFindsNothing(t *testing.T) {
	t.Parallel()
	axe, err := os.ReadFile(axeScript)
	if err != nil {
		t.Skip("axe-core is not installed")
	}
	h := newHost(t, shownElement)
	_, err = h.Page().Evaluate(string(axe) + "; ''")
	h.Must(err)
	for _, state := range elementStates {
		state.enter(h)
		for _, scheme := range []string{"light", "dark"} {
			emulateMedia(h.Stage, "prefers-color-scheme", scheme)
			for _, dir := range []string{"ltr", "rtl"} {
				h.Evaluate(fmt.Sprintf(`document.documentElement.dir = document.querySelector('media-upload').dir = %q; document.querySelector('media-upload').requestUpdate()`, dir))
				for _, problem := range axeViolations(h) {
					t.Errorf("%s, %s, %s: %s", state.name, scheme, dir, problem)
				}
			}
		}
	}
}

func axeViolations(h host) []string {
	h.Helper()
	return browserstage.Value[[]string](h.Stage, `(async () => {
		await document.querySelector('media-upload').updateComplete
		for (const animation of list().getAnimations({ subtree: true })) if (animation.effect.getComputedTiming().iterations !== Infinity) animation.finish()
		const { violations } = await axe.run(document.querySelector('media-upload'), { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
		return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' at ' + JSON.stringify(target) + ': ' + failureSummary))
	})()`)
}

// X2: every target has 24 by 24 pixels, every tab stop shows its focus, and the focus of a
// removed row goes to a neighbour.
func TestTargetsAndFocus(t *testing.T) {
	t.Parallel()
	h := newHost(t, shownElement)
	for _, state := range elementStates {
		state.enter(h)
		problems := browserstage.Value[[]string](h.Stage, `(async () => {
			await document.querySelector('media-upload').updateComplete
			return [...list().querySelectorAll('button, a, summary')].filter(node => node.checkVisibility()).flatMap(node => {
				const { width, height } = node.getBoundingClientRect()
				const name = node.getAttribute('aria-label') ?? node.innerText
				const small = width < 24 || height < 24 ? [name + ' is ' + width + ' by ' + height] : []
				if (node.disabled) return small
				node.focus({ focusVisible: true })
				const { outlineStyle, outlineWidth } = getComputedStyle(node)
				return outlineStyle === 'none' || outlineWidth === '0px' ? [...small, name + ' shows no focus'] : small
			})
		})()`)
		for _, problem := range problems {
			t.Errorf("%s: %s", state.name, problem)
		}
	}
	for i := range 3 {
		h.add("media-upload", fmt.Sprintf("row %d.txt", i), 7000+1000*i)
		h.AwaitRow(fmt.Sprintf("row %d.txt", i), "done")
	}
	for _, name := range []string{"row 1.txt", "row 2.txt", "row 0.txt", "fourth.txt"} {
		h.Evaluate(fmt.Sprintf(`rowNode(%q).querySelector('[data-action=remove]').focus(); rowNode(%q).querySelector('[data-action=remove]').click()`, name, name))
		h.Until(fmt.Sprintf(`row(%q).State === 'absent'`, name))
		h.Until(`document.activeElement === document.querySelector('media-upload') && list().activeElement !== null`)
	}
}

// X3: the live region names what happens, with five seconds between two messages (less what
// rendering takes), and each
// bar is named by its file.
func TestAnnouncements(t *testing.T) {
	t.Parallel()
	h := newHost(t, shownElement)
	h.Evaluate(`window.said = []
		new MutationObserver(() => { const text = list().querySelector('[role=status]').textContent; if (text && text !== said.at(-1)?.text) said.push({ at: performance.now(), text }) })
			.observe(list(), { subtree: true, childList: true, characterData: true })`)
	heard := func(text string) {
		h.Helper()
		h.Until(fmt.Sprintf(`said.some(({ text }) => text.includes(%q))`, text))
	}
	h.Proxy.SetRate(256 << 10)
	h.add("media-upload", "spring.txt", 4<<20)
	heard("Uploading spring.txt.")
	h.Until(`list().querySelector('[role=progressbar]')?.getAttribute('aria-label').includes('spring.txt')`)
	h.Press("spring.txt", "pause")
	heard("spring.txt paused.")
	h.Press("spring.txt", "resume")
	heard("spring.txt resumed.")
	h.Evaluate(`document.querySelector('media-upload').addFiles([new File(['<html><script>'], 'page.html')])`)
	heard("page.html can’t be sent")
	h.Proxy.SetRate(0)
	heard("spring.txt is ready to use.")
	times := browserstage.Value[[]float64](h.Stage, `said.map(({ at }) => at)`)
	for i := 1; i < len(times); i++ {
		if between := times[i] - times[i-1]; between < 4000 {
			t.Errorf("%.0f ms between two messages: %v", between, browserstage.Value[[]string](h.Stage, `said.map(({ text }) => text)`))
		}
	}
}

// X4: with reduced motion nothing moves, and with forced colours every icon and bar can be
// told from its background.
func TestMotionAndColourPreferences(t *testing.T) {
	t.Parallel()
	h := newHost(t, shownElement)
	for _, state := range elementStates {
		state.enter(h)
		emulateMedia(h.Stage, "prefers-reduced-motion", "reduce")
		if moving := browserstage.Value[int](h.Stage, `list().getAnimations({ subtree: true }).filter(animation => animation.playState === 'running').length`); moving > 0 {
			t.Errorf("%s: %d animations run with reduced motion", state.name, moving)
		}
		emulateMedia(h.Stage, "forced-colors", "active")
		hidden := browserstage.Value[[]string](h.Stage, `[...list().querySelectorAll('svg, [part~=bar]')].filter(node => node.checkVisibility()).flatMap(node => {
			let around = node.parentElement
			while (around && getComputedStyle(around).backgroundColor.endsWith(', 0)')) around = around.parentElement
			const ground = around ? getComputedStyle(around).backgroundColor : 'rgb(255, 255, 255)'
			const colour = node.matches('svg') ? getComputedStyle(node).stroke : getComputedStyle(node).backgroundColor
			return colour === ground ? [node.outerHTML.slice(0, 80)] : []
		})`)
		if len(hidden) > 0 {
			t.Errorf("%s: with forced colours these cannot be seen: %s", state.name, strings.Join(hidden, "; "))
		}
	}
}

func emulateMedia(s *browserstage.Stage, feature, value string) {
	s.Helper()
	s.Do(func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: feature, Value: value}}})
		return chromedp.Void{}, err
	})
	s.Evaluate(`document.querySelector('media-upload').requestUpdate()`)
	time.Sleep(20 * time.Millisecond) // no event says that the styles are recalculated
}
