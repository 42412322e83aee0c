package browserstage

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
)

// open opens the upload page with a token. At the test's end nothing may have
// gone wrong on it, and nothing may have been forbidden by its policy.
func (s *Stage) Open(token string) {
	s.Helper()
	s.Visit(s.Proxy.URL + "/#token=" + token)
	s.Cleanup(func() {
		if s.Tab.Err() != nil {
			return // it was killed
		}
		if faults := Value[[]string](s, `faults`); len(faults) > 0 {
			s.Errorf("on the page: %v", faults)
		}
	})
}

func (s *Stage) Visit(url string) {
	s.Helper()
	s.Must(s.Page().Navigate(url))
	s.Until(`document.querySelector('media-upload')?.shadowRoot?.querySelector('[part~=dropzone]')`)
}

// drop gives files to the element, in Chromium with the mouse.
func (s *Stage) Drop(paths ...string) {
	s.Helper()
	s.Must(s.Page().Choose(paths))
}

// row is what the list shows of a file.
type Row struct {
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
func (s *Stage) AwaitRow(name, state string) Row {
	s.Helper()
	s.Until(fmt.Sprintf(`row(%q).State === %q`, name, state))
	return s.Row(name)
}

func (s *Stage) Row(name string) Row {
	s.Helper()
	return Value[Row](s, fmt.Sprintf(`row(%q)`, name))
}

// told is one event of the element, at a time in milliseconds.
type Event struct {
	At              int64
	Type, Name      string
	Code, Message   string
	Reason          string
	Accepted, Shown int64
}

func (s *Stage) Events(types ...string) []Event {
	s.Helper()
	var list []Event
	for _, event := range Value[[]Event](s, `told`) {
		for _, name := range types {
			if event.Type == name {
				list = append(list, event)
			}
		}
	}
	return list
}

// press presses a button of a file's row, when it is there.
func (s *Stage) Press(name, action string) {
	s.Helper()
	button := fmt.Sprintf(`rowNode(%q)?.querySelector('[data-action=%s]')`, name, action)
	s.Until(button)
	s.Evaluate(button + `.click()`)
}

// until waits for a condition of the page.
func (s *Stage) Until(condition string) {
	s.Helper()
	s.Within(PageTimeout, condition)
}

// within asks in the page itself, so that a condition is seen soon after it came true.
func (s *Stage) Within(patience time.Duration, condition string) {
	s.Helper()
	trouble, err := s.Page().Evaluate(fmt.Sprintf(`new Promise((done, failed) => {
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
	rows := Value[string](s, `document.querySelector('media-upload')?.shadowRoot?.textContent ?? document.body.innerText`)
	s.Fatalf("%s never came true: %s %v; the page says: %s; requests: %s", condition, trouble, err, strings.Join(strings.Fields(rows), " "), s.Proxy.Story())
}

// value is what an expression in the page comes to; a promise is awaited.
func Value[T any](s *Stage, expression string) (v T) {
	s.Helper()
	text, err := s.Page().Evaluate("(async () => JSON.stringify(await (" + expression + ")) ?? 'null')()")
	s.Must(err)
	s.Must(json.Unmarshal([]byte(text), &v))
	return v
}

func (s *Stage) Evaluate(script string) {
	s.Helper()
	_, err := s.Page().Evaluate("(() => {" + script + "\n})(), ''")
	s.Must(err)
}

func (s *Stage) Do(steps ...chromedp.Action[chromedp.Void]) {
	s.Helper()
	s.Must(chromedp.Do(s.Tab, steps...))
}
