package browserstage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
)

// Open opens the upload page with a token. At the end of the test the page must have had
// no error and no policy violation.
func (s *Stage) Open(token string) {
	s.Helper()
	s.Visit(s.Proxy.URL + "/#token=" + token)
	s.Cleanup(func() {
		if cause := context.Cause(s.Tab); cause != nil {
			if errors.Is(cause, errTabCrashed) {
				s.Error(cause)
			}
			return // otherwise it was killed
		}
		if faults := Value[[]string](s, `faults`); len(faults) > 0 {
			s.Errorf("on the page: %v", faults)
		}
	})
}

// Visit opens a page and waits for the upload element.
func (s *Stage) Visit(url string) {
	s.Helper()
	s.Must(s.Page().Navigate(url))
	s.Until(`document.querySelector('media-upload')?.shadowRoot?.querySelector('[part~=dropzone]')`)
}

// Drop gives files to the element, in Chromium with the mouse.
func (s *Stage) Drop(paths ...string) {
	s.Helper()
	s.Must(s.Page().Choose(paths))
}

// Row is what the list shows of a file.
type Row struct {
	State    string
	Text     string
	Accepted int64
	Codes    []string
	Asset    *struct {
		MediaID   string `json:"media_id"`
		Handle    string `json:"handle"`
		SHA256    string `json:"sha256"`
		Filename  string `json:"filename"`
		CreatedBy string `json:"created_by"`
	}
}

// AwaitRow waits until the row of a file has a state.
func (s *Stage) AwaitRow(name, state string) Row {
	s.Helper()
	s.Until(fmt.Sprintf(`row(%q).State === %q`, name, state))
	return s.Row(name)
}

// Row is the row of a file.
func (s *Stage) Row(name string) Row {
	s.Helper()
	return Value[Row](s, fmt.Sprintf(`row(%q)`, name))
}

// Event is one event of the element. At is in milliseconds of the browser's clock.
type Event struct {
	At              int64
	Type, Name      string
	Code, Message   string
	Reason          string
	Accepted, Shown int64
}

// Events lists the events of some types so far.
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

// Press clicks a button of a file's row as soon as it is there.
func (s *Stage) Press(name, action string) {
	s.Helper()
	button := fmt.Sprintf(`rowNode(%q)?.querySelector('[data-action=%s]')`, name, action)
	s.Until(button)
	s.Evaluate(button + `.click()`)
}

// Until waits for a condition in the page.
func (s *Stage) Until(condition string) {
	s.Helper()
	s.Within(PageTimeout, condition)
}

// Within polls in the page itself, so that a short-lived condition is seen.
func (s *Stage) Within(patience time.Duration, condition string) {
	s.Helper()
	trouble, err := s.Page().Evaluate(fmt.Sprintf(`new Promise((done, failed) => {
		const end = Date.now() + %d
		const look = () => {
			try {
				if (%s) return done('')
			} catch (error) { return failed(error) }
			if (Date.now() > end) return done('timeout')
			setTimeout(look, 20)
		}
		look()
	})`, patience.Milliseconds(), condition))
	if err == nil && trouble == "" {
		return
	}
	rows := Value[string](s, `document.querySelector('media-upload')?.shadowRoot?.textContent ?? document.body.innerText`)
	s.Fatalf("condition %s: %s %v; the page shows: %s; requests: %s", condition, trouble, err, strings.Join(strings.Fields(rows), " "), s.Proxy.Story())
}

// Value is the value of an expression in the page; a promise is awaited.
func Value[T any](s *Stage, expression string) (v T) {
	s.Helper()
	text, err := s.Page().Evaluate("(async () => JSON.stringify(await (" + expression + ")) ?? 'null')()")
	s.Must(err)
	s.Must(json.Unmarshal([]byte(text), &v))
	return v
}

// Evaluate runs a script in the page.
func (s *Stage) Evaluate(script string) {
	s.Helper()
	_, err := s.Page().Evaluate("(() => {" + script + "\n})(), ''")
	s.Must(err)
}

// Do runs actions of chromedp in this tab.
func (s *Stage) Do(steps ...chromedp.Action[chromedp.Void]) {
	s.Helper()
	s.Must(do(s.Tab, steps...))
}
