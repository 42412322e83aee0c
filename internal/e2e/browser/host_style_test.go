package browser

import (
	"bytes"
	"context"
	"fmt"
	"image/color"
	"image/png"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	devtools "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"mediarelay/internal/e2e/stage/browserstage"
)

const styledPage = `<style>body { margin: 20px; font-family: sans-serif }</style><div id="around"><media-upload endpoint="ENDPOINT" purpose="message" multiple></media-upload></div>`

// shot is a picture of the element, taken when two in a row are the same.
func shot(s *browserstage.Stage) []byte {
	s.Helper()
	last := onePicture(s)
	for range 50 {
		next := onePicture(s)
		if bytes.Equal(last, next) {
			return next
		}
		last = next
	}
	s.Fatal("the element never stops changing")
	return nil
}

func onePicture(s *browserstage.Stage) []byte {
	s.Helper()
	box := browserstage.Value[devtools.Viewport](s, `(() => { const { x, y, width, height } = list().querySelector('.base').getBoundingClientRect()
		return { x: x + scrollX, y: y + scrollY, width, height, scale: 1 } })()`)
	whole := true // also what is below the window's edge
	var picture []byte
	s.Do(func(ctx context.Context, target *chromedp.Target) (none chromedp.Void, err error) {
		result, err := cdp.Call(ctx, target, devtools.CaptureScreenshot, devtools.CaptureScreenshotParams{Clip: &box, CaptureBeyondViewport: &whole})
		picture = result.Data
		return none, err
	})
	return picture
}

// smoothing is how much a colour's 16 bits may differ: Chromium smooths the edges of what it
// draws again a little differently.
const smoothing = 0x2000

// differingPixels counts the pixels that differ between two pictures, all of them if their
// sizes do.
func differingPixels(s *browserstage.Stage, a, b []byte) (differing int) {
	s.Helper()
	one, err := png.Decode(bytes.NewReader(a))
	s.Must(err)
	other, err := png.Decode(bytes.NewReader(b))
	s.Must(err)
	size := one.Bounds()
	if size != other.Bounds() {
		return size.Dx() * size.Dy()
	}
	for y := range size.Dy() {
		for x := range size.Dx() {
			if isOtherColour(one.At(x, y), other.At(x, y)) {
				differing++
			}
		}
	}
	return differing
}

func isOtherColour(a, b color.Color) bool {
	r, g, bl, _ := a.RGBA()
	r2, g2, bl2, _ := b.RGBA()
	return max(r, r2)-min(r, r2) > smoothing || max(g, g2)-min(g, g2) > smoothing || max(bl, bl2)-min(bl, bl2) > smoothing
}

// The page's text styles do not reach the element, whatever they are and wherever they are
// set, apart from its font.
func TestThePagesStylesDoNotReachTheElement(t *testing.T) {
	t.Parallel()
	h := newHost(t, styledPage)
	h.add("media-upload", "notes for the campaign.txt", 3000)
	h.Evaluate(`document.querySelector('media-upload').addFiles([new File(['<html><script>'], 'page.html')])`)
	h.AwaitRow("notes for the campaign.txt", "ready")
	h.AwaitRow("page.html", "refused")
	h.Evaluate(`window.style = document.head.appendChild(document.createElement('style'))`)
	plain := shot(h.Stage)
	for _, css := range []string{
		`* { all: unset !important } style, script, title, head { display: none !important } body { display: block !important; margin: 20px !important; font-family: sans-serif !important } div { display: block !important }`,
		`#around { white-space: pre }`, `#around { white-space: nowrap }`, `#around { text-wrap: balance }`,
		`#around { text-transform: uppercase }`, `#around { font-variant: small-caps }`,
		`#around { letter-spacing: 3px; word-spacing: 9px }`,
		`#around { line-height: 3 }`, `#around { font: italic bold 30px/2 sans-serif; font-stretch: expanded }`,
		`#around { text-align: right; text-align-last: center }`, `#around { text-indent: 40px }`,
		`#around { word-break: break-all; overflow-wrap: anywhere; line-break: anywhere; hyphens: auto }`,
		`#around { text-shadow: 2px 2px red; -webkit-text-fill-color: red; -webkit-text-stroke: 2px red; color: red }`,
		`#around { direction: rtl }`, `#around { list-style: square; tab-size: 1; quotes: none }`,
		`media-upload { font-weight: 900; color: red; text-align: center; white-space: pre; line-height: 1 }`,
		`media-upload { font-feature-settings: "smcp"; font-size: 40px !important }`,
		`button, p, ul, li, input, svg, code, summary { display: none !important; color: red !important }`,
	} {
		h.Evaluate(fmt.Sprintf("style.textContent = %q", css))
		if differing := differingPixels(h.Stage, plain, shot(h.Stage)); differing > 0 {
			t.Errorf("%d pixels of the element look different with %s", differing, css)
		}
	}
	h.Evaluate(`style.textContent = '#around { font-family: monospace }'`)
	if differingPixels(h.Stage, plain, shot(h.Stage)) == 0 {
		t.Error("the element does not take the page's font: the pictures show nothing")
	}
}

// The element's direction is that of its words; a page can choose another.
func TestTheDirectionIsThatOfTheWords(t *testing.T) {
	t.Parallel()
	h := newHost(t, styledPage)
	const direction = `getComputedStyle(list().querySelector('.base')).direction`
	for _, c := range []struct{ set, want string }{
		{`document.documentElement.dir = 'rtl'; document.documentElement.lang = 'ar'`, "ltr"}, // the words are English
		{`document.querySelector('media-upload').dir = 'rtl'; document.querySelector('media-upload').requestUpdate()`, "rtl"},
		{`document.querySelector('media-upload').removeAttribute('dir'); document.querySelector('media-upload').lang = 'de'`, "ltr"},
	} {
		h.Evaluate(c.set)
		h.Until(fmt.Sprintf(`%s === %q`, direction, c.want))
	}
	h.Until(`list().querySelector('.base').lang === 'de'`)
}

// At 400 % zoom a window of 1280 pixels has 320, and nothing is cut off or needs scrolling
// sideways.
func TestZoomOfFourHundredPercent(t *testing.T) {
	t.Parallel()
	h := newHost(t, styledPage)
	setViewport(h.Stage, 320)
	h.add("media-upload", "a rather long name of a file for the spring campaign of next year.txt", 3000)
	h.Evaluate(`document.querySelector('media-upload').addFiles([new File(['<html><script>'], 'page.html')])`)
	h.AwaitRow("page.html", "refused")
	h.Evaluate(`document.querySelector('media-upload').start()`)
	h.Until(`document.querySelector('media-upload').files[0].state === 'done'`)
	for _, lang := range []string{"en", "de", "es", "pt"} {
		h.Evaluate(fmt.Sprintf(`document.querySelector('media-upload').lang = %q`, lang))
		h.Until(fmt.Sprintf(`list().querySelector('.base').lang === %q`, lang))
		if wide := browserstage.Value[[]string](h.Stage, `document.documentElement.scrollWidth > 320 ? ['the page'] : [...list().querySelectorAll('button, p, [part~=reason], [part~=status]')]
			.filter(node => { const { left, right, width } = node.getBoundingClientRect(); return width > 1 && (left < 0 || right > 320) }).map(node => node.className + ' ' + node.innerText)`); len(wide) > 0 {
			t.Errorf("in %s, beyond the window: %v", lang, wide)
		}
	}
}

func setViewport(s *browserstage.Stage, width int64) {
	s.Helper()
	s.Do(func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, target, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 800, DeviceScaleFactor: 1})
		return chromedp.Void{}, err
	})
}
