package browser

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mediarelay/internal/e2e/stage/browserstage"
)

// buttonTexts lists the texts of all buttons of the element apart from that of the dropzone.
const buttonTexts = `[...list().querySelectorAll('button:not([part=browse])')].map(button => button.innerText.trim()).filter(text => text !== '')`

// Each thing that can be done has one button with a text, and what concerns all files is offered only
// for several.
func TestOneActionForOneThing(t *testing.T) {
	t.Parallel()
	h := newHost(t, picturesPage)
	const signedOut = `document.querySelector('media-upload').getToken = async () => ''`
	const waits = `event('started'), event('kept'), sent(0.42), waiting('token', 0)`
	for _, c := range []struct {
		name, script string
		want         []string
	}{
		{"one ready file", `show(['spring.jpg'])`, []string{"Upload"}},
		{"one ready file with a warning", `show(['summer warned.mp4'])`, []string{"Upload anyway"}},
		{"one ready file of two", `show(['spring.jpg'], ['summer refused.mp4'])`, []string{"Upload"}},
		{"two ready files", `show(['spring.jpg'], ['autumn.jpg'])`, []string{"Upload 2 files", "Upload", "Upload"}},
		{"one paused file of two", `show(['spring.jpg', event('started'), sent(0.4, 0), event('paused')], ['summer refused.mp4'])`, []string{"Resume"}},
		{"one file waits for a token", fmt.Sprintf(`(%s, show(['spring.jpg', %s]).then(needToken).then(() => until(() => list().querySelector('.notice'))))`, signedOut, waits), []string{"Try now"}},
		{"two files wait for a token", fmt.Sprintf(`(%s, show(['spring.jpg', %s], ['autumn.jpg', %s]).then(needToken).then(() => until(() => list().querySelector('.notice'))))`, signedOut, waits, waits), []string{"Try now", "Pause all"}},
		{"a token is being fetched", fmt.Sprintf(`(document.querySelector('media-upload').getToken = () => new Promise(() => {}), show(['spring.jpg', %s]).then(needToken))`, waits), nil},
	} {
		h.showPicture(c.script)
		got := browserstage.Value[[]string](h.Stage, buttonTexts)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: the buttons are %q, want %q", c.name, got, c.want)
		}
		if tones := browserstage.Value[[]string](h.Stage, `[...list().querySelectorAll('.notice > .icon, .status .icon')].map(icon => getComputedStyle(icon).color)`); strings.Contains(c.name, "for a token") && len(slices.Compact(tones)) != 1 {
			t.Errorf("%s: the notice and the rows have the colours %q", c.name, tones)
		}
	}
}

// A form that needs a file says what to do next, and nothing that a row contradicts.
func TestTheFormSaysWhatToDoNext(t *testing.T) {
	t.Parallel()
	h := newHost(t, picturesPage)
	for script, want := range map[string]string{
		`''`:                            "Add a file.",
		`show(['summer refused.mp4'])`:  "Add a file.",
		`show(['spring-checking.jpg'])`: "Wait for the uploads to finish, or cancel them.",
		`show(['spring.jpg'])`:          "Finish uploading your file first.",
		`show(['spring.jpg', event('started'), sent(0.4, 0), event('paused')])`: "Finish uploading your file first.",
		`show(['spring.jpg', event('started'), sent(0.4)])`:                     "Wait for the uploads to finish, or cancel them.",
		`show(['spring.jpg', done()])`:                                          "",
	} {
		h.showPicture(`(document.querySelector('media-upload').required = true, ` + script + `)`)
		h.Until(fmt.Sprintf(`document.querySelector('media-upload').validationMessage === %q`, want))
	}
}

// The window may be closed only if nothing is lost with it.
func TestTheWindowMayBeClosed(t *testing.T) {
	t.Parallel()
	h := newHost(t, picturesPage)
	const kept = `event('started'), event('kept'), sent(0.4)`
	for script, want := range map[string]bool{
		`show(['spring.jpg', ` + kept + `])`:                         true,
		`show(['spring.jpg', ` + kept + `], ['autumn.jpg'])`:         false, // it is not stored before it is started
		`show(['spring.jpg', ` + kept + `, event('paused')])`:        false, // it would not resume
		`show(['spring.jpg', event('started'), sent(0.4)])`:          false,
		`show(['spring.jpg', ` + kept + `], ['summer refused.mp4'])`: true,
	} {
		h.showPicture(script)
		if got := browserstage.Value[bool](h.Stage, `list().textContent.includes('You can close this window')`); got != want {
			t.Errorf("%s: says that the window may be closed: %t, want %t", script, got, want)
		}
	}
}
