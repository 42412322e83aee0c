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

// stage is a browser on the upload page of a server, with a proxy between the
// two and a sandbox behind, each of which the test can look into.
//
//	browser ── proxy ── backstage (the server) ── sandbox
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

// setting says what is not as usual on a stage.
type Setting struct {
	WebFiles fs.FS // other web files
	// ownBrowser gives the test a browser of its own, whose profile stays in a
	// folder: it can be killed and started again. The others share one browser,
	// in which each has its own cookies and databases.
	OwnBrowser bool
	// ownProcess runs the server in a process of its own, which can be killed.
	OwnProcess bool
	// variables are further settings of the server, as in its environment.
	Env map[string]string
}

// onStage starts all of it. Where Chromium is not installed the test is skipped
// with the reason, or fails when MEDIARELAY_TEST_REQUIRE names chromium.
func New(t testing.TB) *Stage {
	t.Helper()
	return NewWith(t, Setting{})
}

func NewWith(t testing.TB, as Setting) *Stage {
	t.Helper()
	chromium := stage.NeedProgram(t, "chromium", "chromium", "chromium-browser", "google-chrome")
	s := withoutBrowser(t, as)
	s.profile = newProfile(s, chromium, as.OwnBrowser)
	s.Tab = s.profile.tab()
	return s
}

// withoutBrowser starts all that stands behind the browser.
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

// emulate starts a sandbox of the test's own and returns its URL.
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

func (s *Stage) File(name string, content []byte) string {
	s.Helper()
	path := filepath.Join(s.TempDir(), name)
	s.Must(os.WriteFile(path, content, 0o600))
	return path
}

func (s *Stage) Must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}
