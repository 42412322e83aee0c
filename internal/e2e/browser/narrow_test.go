package browser

import (
	"fmt"
	"testing"

	"mediarelay/internal/e2e/stage/browserstage"
)

// In a narrow element, names, sentences and buttons stay within their row, however long their
// words are, in all languages and both directions; and no line ends between a number and its unit.
func TestNarrowRowsStayWithinTheirPadding(t *testing.T) {
	t.Parallel()
	h := newHost(t, picturesPage)
	for _, width := range []int64{360, 320} {
		setViewport(h.Stage, width)
		h.showPicture(`show(['IMG_20261124_' + 'final'.repeat(30) + '.jpg'], ['حملة الربيع للعملاء في جميع أنحاء البلاد من الشمال إلى الجنوب.jpg', done()],
			['a'.repeat(200) + ' refused.mp4'], ['spring.jpg', event('started'), event('unkept', { reason: 'room' }), sent(0.42), waiting('offline')], ['summer warned.mp4'])`)
		for _, lang := range []string{"en", "de", "es", "pt"} {
			for _, dir := range []string{"ltr", "rtl"} {
				h.Evaluate(fmt.Sprintf(`const element = document.querySelector('media-upload'); element.lang = %q; element.dir = %q; element.requestUpdate()`, lang, dir))
				h.Until(fmt.Sprintf(`list().querySelector('.base').lang === %q && list().querySelector('.base').dir === %q`, lang, dir))
				for _, problem := range browserstage.Value[[]string](h.Stage, narrowProblems) {
					t.Errorf("%d pixels, %s, %s: %s", width, lang, dir, problem)
				}
			}
		}
	}
}

// narrowProblems lists what leaves its row's padding, what is broken apart and what scrolls sideways.
const narrowProblems = `[...list().querySelectorAll('.item')].flatMap(item => {
	const { left, right } = item.getBoundingClientRect()
	const { paddingLeft, paddingRight } = getComputedStyle(item)
	const padding = Math.max(parseFloat(paddingLeft), parseFloat(paddingRight)) - 0.5 // the same at both sides
	const leaves = node => { const box = node.getBoundingClientRect(); return box.left < left + padding || box.right > right - padding }
	const told = node => node.className + ' ' + node.textContent.trim().slice(0, 40)
	return [
		...[...item.querySelectorAll('.name, .meta, .status, .status span, .button, .more > *, .reason, .expiry, .value')].filter(leaves).map(node => 'leaves the padding: ' + told(node)),
		...[...item.querySelectorAll('.together')].filter(node => node.getClientRects().length !== 1).map(node => 'is broken apart: ' + told(node)),
		...[...item.querySelectorAll('.meta')].filter(node => node.scrollWidth > node.clientWidth).map(node => 'is cut off: ' + told(node)),
	]
}).concat(document.documentElement.scrollWidth > innerWidth ? ['the page scrolls sideways'] : [])`

// "30 days" stays together beside the date.
func TestValidityIsOnOneLine(t *testing.T) {
	t.Parallel()
	h := newHost(t, picturesPage)
	setViewport(h.Stage, 360)
	h.showPicture(`show(['spring.jpg', done()])`)
	for _, lang := range []string{"en", "de", "es", "pt"} {
		h.Evaluate(fmt.Sprintf(`document.querySelector('media-upload').lang = %q`, lang))
		h.Until(fmt.Sprintf(`list().querySelector('.base').lang === %q`, lang))
		days := browserstage.Value[[]string](h.Stage, `[...list().querySelectorAll('.expiry .together')].map(node => node.textContent).filter(text => text.startsWith('('))`)
		if len(days) != 2 {
			t.Errorf("in %s, what is kept on one line is %q, want the days of the media ID and of the handle", lang, days)
		}
	}
}

// English words in a layout from right to left are still read from left to right.
func TestWordsKeepTheirDirection(t *testing.T) {
	t.Parallel()
	h := newHost(t, picturesPage)
	h.showPicture(`(document.querySelector('media-upload').dir = 'rtl', show(['summer refused.mp4'], ['autumn.jpg', event('started'), event('kept'), sent(0.7)], ['spring.jpg', done()]))`)
	for _, selector := range []string{".reason", ".fix", "[data-state=uploading] .status span", ".count", ".expiry"} {
		inOrder := browserstage.Value[bool](h.Stage, fmt.Sprintf(`(() => {
			const text = document.createTreeWalker(list().querySelector(%q), NodeFilter.SHOW_TEXT), nodes = []
			while (text.nextNode()) if (text.currentNode.data.trim()) nodes.push(text.currentNode)
			const at = (node, index) => { const range = new Range(); range.setStart(node, index); range.setEnd(node, index + 1); return range.getBoundingClientRect().left }
			const [first, last] = [nodes[0], nodes.at(-1)]
			return at(first, first.data.search(/\S/)) < at(last, last.data.trimEnd().length - 1)
		})()`, selector))
		if !inOrder {
			t.Errorf("%s does not end to the right of its first character", selector)
		}
	}
}
