package main

import (
	"context"
	"fmt"
	"io/fs"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"mediarelay/internal/sandbox"
	"mediarelay/web"
)

// stage is a browser on the upload page of a server, with a proxy between the
// two and a sandbox behind, each of which the test can look into.
//
//	browser ── proxy ── backstage (the server) ── sandbox
type stage struct {
	testing.TB
	sandbox   *sandbox.Server
	backstage *backstage
	proxy     *proxy
	profile   *profile
	browser   context.Context // of this tab
	other     driver          // of this tab, where the browser is not Chromium
	*secrets
}

// setting says what is not as usual on a stage.
type setting struct {
	files fs.FS // other web files
	// ownBrowser gives the test a browser of its own, whose profile stays in a
	// folder: it can be killed and started again. The others share one browser,
	// in which each has its own cookies and databases.
	ownBrowser bool
	// ownProcess runs the server in a process of its own, which can be killed.
	ownProcess bool
	// variables are further settings of the server, as in its environment.
	variables map[string]string
}

const (
	stageChannel = "acme"
	stageKey     = "key-of-acme"
	stageSecret  = "a secret of the tests, of 32 bytes and more"
)

// onStage starts all of it. Where Chromium is not installed the test is skipped
// with the reason, or fails when MEDIARELAY_TEST_REQUIRE names chromium.
func onStage(t testing.TB) *stage {
	t.Helper()
	return onStageAs(t, setting{})
}

func onStageAs(t testing.TB, as setting) *stage {
	t.Helper()
	chromium := need(t, "chromium", "chromium", "chromium-browser", "google-chrome")
	s := withoutBrowser(t, as)
	s.profile = newProfile(s, chromium, as.ownBrowser)
	s.browser = s.profile.tab()
	return s
}

// withoutBrowser starts all that stands behind the browser.
func withoutBrowser(t testing.TB, as setting) *stage {
	t.Helper()
	if err := web.Built(); err != nil {
		t.Fatal(err)
	}
	if as.files == nil {
		as.files = web.Files()
	}
	s := &stage{TB: t, secrets: &secrets{}}
	s.backstage = newBackstage(s, as)
	s.backstage.start()
	s.proxy = newProxy(t, s.backstage.url())
	return s
}

// need finds a program by one of its names, or skips or fails the test.
func need(t testing.TB, requirement string, names ...string) string {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	lack(t, requirement, fmt.Sprintf("none of %v is installed (on Debian: apt-get install %s)", names, names[0]))
	return ""
}

// lack skips the test, or fails it where the requirement must be there.
func lack(t testing.TB, requirement, message string) {
	t.Helper()
	if slices.Contains(strings.Split(os.Getenv("MEDIARELAY_TEST_REQUIRE"), ","), requirement) {
		t.Fatal(message)
	}
	t.Skip(message)
}

// long skips a test of minutes where make test-all does not run it.
func long(t testing.TB) {
	t.Helper()
	if os.Getenv("MEDIARELAY_TEST_LONG") == "" {
		t.Skip("it takes minutes: make test-all runs it, or MEDIARELAY_TEST_LONG=1")
	}
}

// emulate starts a sandbox of the test's own and returns its URL.
func (s *stage) emulate() string {
	s.Helper()
	var err error
	s.sandbox, err = sandbox.New(sandbox.Config{Dir: s.TempDir(), APIKeys: []string{stageKey}})
	s.must(err)
	emulated := httptest.NewServer(s.sandbox)
	s.Cleanup(func() {
		emulated.Close()
		s.must(s.sandbox.Close())
	})
	return emulated.URL
}

// secrets are what must not be found anywhere.
type secrets struct {
	mu     sync.Mutex
	tokens []string
}

// secretTexts are the keys, and of each token what tells it from others: its signature.
func (s *secrets) secretTexts() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []string{stageKey, stageSecret}
	for _, token := range s.tokens {
		list = append(list, token[strings.LastIndex(token, ".")+1:])
	}
	return list
}

// token signs a token of Ana's that ends at a time from now, in the past too.
func (s *stage) token(life time.Duration) string {
	s.Helper()
	return s.tokenOf("ana", life)
}

func (s *stage) tokenOf(subject string, life time.Duration) string {
	s.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	claims := jwt.MapClaims{
		"aud": "mediarelay", "sub": subject, "channel": stageChannel, "scope": "upload assets:read", "exp": time.Now().Add(life).Unix(),
		"jti": fmt.Sprint(len(s.tokens)), // no two are alike
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(stageSecret))
	s.must(err)
	s.tokens = append(s.tokens, token)
	return token
}

func (s *stage) file(name string, content []byte) string {
	s.Helper()
	path := filepath.Join(s.TempDir(), name)
	s.must(os.WriteFile(path, content, 0o600))
	return path
}

func (s *stage) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}
