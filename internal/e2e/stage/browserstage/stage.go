package browserstage

import (
	"context"
	"io/fs"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/proxy"
	"mediarelay/internal/sandbox"
	"mediarelay/web"
)

// Stage is one test's browser tab, proxy, server and sandbox.
type Stage struct {
	testing.TB
	Sandbox *sandbox.Server
	Server  *Server
	Proxy   *proxy.Proxy
	profile *profile
	Tab     context.Context // of this tab
	driver  Driver          // of this tab, where the browser is not Chromium
	*secrets
}

// Setting says how a stage differs from the usual one.
type Setting struct {
	WebFiles fs.FS // nil for the built files
	// OwnBrowser gives the test a browser of its own with a profile folder, which can
	// be killed and started again. The other tests share one browser, in which each
	// has its own cookies and databases.
	OwnBrowser bool
	// OwnProcess runs the server in a process of its own, which can be killed.
	OwnProcess bool
	// Env are further variables of the server.
	Env map[string]string
}

// New starts a stage. If Chromium is not installed, the test is skipped, or fails if
// MEDIARELAY_TEST_REQUIRE names chromium.
func New(t testing.TB) *Stage {
	t.Helper()
	return NewWith(t, Setting{})
}

// NewWith is New with other settings.
func NewWith(t testing.TB, as Setting) *Stage {
	t.Helper()
	chromium := stage.NeedProgram(t, "chromium", "chromium", "chromium-browser", "google-chrome")
	s := withoutBrowser(t, as)
	s.profile = newProfile(s, chromium, as.OwnBrowser)
	s.Tab = s.profile.tab()
	return s
}

// withoutBrowser starts everything behind the browser.
func withoutBrowser(t testing.TB, as Setting) *Stage {
	t.Helper()
	if err := web.Built(); err != nil {
		t.Fatal(err)
	}
	if as.WebFiles == nil {
		as.WebFiles = web.Files()
	}
	s := &Stage{TB: t, secrets: &secrets{}}
	s.Server = newServer(s, as)
	s.Server.Start()
	s.Proxy = proxy.New(t, s.Server.URL())
	return s
}

// startSandbox starts a sandbox for this test and returns its URL.
func (s *Stage) startSandbox() string {
	s.Helper()
	var err error
	s.Sandbox, err = sandbox.New(sandbox.Config{Dir: s.TempDir(), APIKeys: []string{stage.APIKey}})
	s.Must(err)
	emulated := httptest.NewServer(s.Sandbox)
	s.Cleanup(func() {
		emulated.Close()
		s.Must(s.Sandbox.Close())
	})
	return emulated.URL
}

// File writes a file and returns its path.
func (s *Stage) File(name string, content []byte) string {
	s.Helper()
	path := filepath.Join(s.TempDir(), name)
	s.Must(os.WriteFile(path, content, 0o600))
	return path
}

// Must fails the test if err is not nil.
func (s *Stage) Must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}
