package browserstage

import (
	"context"
	"testing"
)

// driver is what the tests ask of a tab, whichever browser it belongs to.
type Driver interface {
	Navigate(url string) error
	// evaluate gives the string that an expression in the page comes to; a promise is awaited.
	Evaluate(expression string) (string, error)
	// choose gives files to the upload element of the page, as a person does.
	Choose(paths []string) error
}

// browser is a browser of a test's own.
type Browser interface {
	// start starts it, after a kill too: with what its profile kept, where it has one.
	Start() error
	OpenTab() (Driver, error)
	// kill ends it as a crash does.
	Kill()
}

// page is the tab of a stage.
func (s *Stage) Page() Driver {
	if s.driver != nil {
		return s.driver
	}
	return chromiumTab{s.Tab}
}

// onStageOf is onStageAs with a tab of a browser that is not Chromium.
func NewIn(t testing.TB, b Browser, as Setting) *Stage {
	t.Helper()
	as.WebFiles = withPageScript(t, as.WebFiles)
	s := withoutBrowser(t, as)
	s.Tab = context.Background() // Chromium's part of it
	s.Must(b.Start())
	t.Cleanup(b.Kill)
	s.OpenTab(b)
	return s
}

// enter opens a tab and goes on there.
func (s *Stage) OpenTab(b Browser) {
	s.Helper()
	var err error
	s.driver, err = b.OpenTab()
	s.Must(err)
}

// tabOf is another tab of the same browser.
func (s *Stage) TabOf(b Browser) *Stage {
	s.Helper()
	other := *s
	other.OpenTab(b)
	return &other
}

// console is what the page said there.
func (s *Stage) console() []string {
	s.Helper()
	if s.driver == nil {
		return s.profile.said()
	}
	return Value[[]string](s, `said`)
}
