package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// picturesFolder is the variable that names the folder for TestPictures.
const picturesFolder = "MEDIARELAY_TEST_PICTURES"

// Takes a picture of the element in each of its states, wide and narrow, light and dark, for people
// to look at.
func TestPictures(t *testing.T) {
	folder := os.Getenv(picturesFolder)
	if folder == "" {
		t.Skipf("%s names no folder for the pictures", picturesFolder)
	}
	h := newHost(t, picturesPage)
	h.Must(os.MkdirAll(folder, 0o755))
	for _, p := range pictures {
		for _, width := range []int64{1280, 360, 320} {
			setViewport(h.Stage, width)
			h.showPicture(p.script)
			for _, scheme := range []string{"light", "dark"} {
				emulateMedia(h.Stage, "prefers-color-scheme", scheme)
				h.Evaluate(`for (const animation of list().getAnimations({ subtree: true })) if (animation.effect.getComputedTiming().iterations === Infinity) animation.pause()`)
				name := filepath.Join(folder, fmt.Sprintf("%s-%d-%s.png", p.name, width, scheme))
				h.Must(os.WriteFile(name, shot(h.Stage), 0o644))
			}
		}
	}
}

// showPicture opens the page again and brings its element into a state.
func (h host) showPicture(script string) {
	h.Helper()
	h.open("/page")
	h.Until(`window.show`)
	_, err := h.Page().Evaluate(`(async () => { await ` + script + `; await document.querySelector('media-upload').updateComplete; return '' })()`)
	h.Must(err)
}
