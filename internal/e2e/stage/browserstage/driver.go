package browserstage

import (
	"context"
	"testing"
)

// Driver is what the tests need of a tab, in any browser.
type Driver interface {
	Navigate(url string) error
	// Evaluate returns the value of an expression in the page, a string or a promise of one.
	Evaluate(expression string) (string, error)
	// Choose gives files to the upload element, as a person does.
	Choose(paths []string) error
}

// Browser is a browser of a test's own.
type Browser interface {
	// Start starts it. After a kill it has the profile of before, if the browser has profiles.
	Start() error
	OpenTab() (Driver, error)
	// Kill ends it as a crash does.
	Kill()
}

// Page is the tab of this stage.
func (s *Stage) Page() Driver {
	if s.driver != nil {
		return s.driver
	}
	return chromiumTab{s.Tab}
}

// NewIn is NewWith in a browser other than Chromium.
func NewIn(t testing.TB, b Browser, as Setting) *Stage {
	t.Helper()
	as.WebFiles = withPageScript(t, as.WebFiles)
	s := withoutBrowser(t, as)
	s.Tab = context.Background() // for code that uses Chromium's tab
	s.Must(b.Start())
	t.Cleanup(b.Kill)
	s.OpenTab(b)
	return s
}

// OpenTab opens a tab and continues there.
func (s *Stage) OpenTab(b Browser) {
	s.Helper()
	var err error
	s.driver, err = b.OpenTab()
	s.Must(err)
}

// TabOf is the same stage in another tab of a browser.
func (s *Stage) TabOf(b Browser) *Stage {
	s.Helper()
	other := *s
	other.OpenTab(b)
	return &other
}

// Console is what the page wrote to its console.
func (s *Stage) Console() []string {
	s.Helper()
	if s.driver == nil {
		return s.profile.said()
	}
	return Value[[]string](s, `said`)
}
