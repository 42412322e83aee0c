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
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/golang-jwt/jwt/v5"

	"mediarelay/internal/config"
	"mediarelay/internal/sandbox"
	"mediarelay/web"
)

// stage is a browser on the upload page of a server, with a proxy between the
// two and a sandbox behind, each of which the test can look into.
type stage struct {
	testing.TB
	sandbox *sandbox.Server
	proxy   *proxy
	browser context.Context
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
	return onStageWith(t, web.Files())
}

// onStageWith starts it with other web files.
func onStageWith(t testing.TB, files fs.FS) *stage {
	t.Helper()
	chromium := need(t, "chromium", "chromium", "chromium-browser", "google-chrome")
	if err := web.Built(); err != nil {
		t.Fatal(err)
	}
	s := &stage{TB: t}
	s.proxy = newProxy(t, s.serve(files))
	s.browse(chromium)
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

// serve starts a server for one channel on a sandbox of the test, and returns its URL.
func (s *stage) serve(files fs.FS) string {
	s.Helper()
	var err error
	s.sandbox, err = sandbox.New(sandbox.Config{Dir: s.TempDir(), APIKeys: []string{stageKey}})
	s.must(err)
	emulated := httptest.NewServer(s.sandbox)
	s.Cleanup(func() {
		emulated.Close()
		s.must(s.sandbox.Close())
	})
	dir := s.TempDir()
	channels := filepath.Join(dir, "channels.yaml")
	s.must(os.WriteFile(channels, []byte(
		"channels:\n  "+stageChannel+":\n    provider: dialog360\n    base_url: "+emulated.URL+"\n    api_key_env: ACME_KEY\n"), 0o600))
	variables := map[string]string{"ACME_KEY": stageKey, "MEDIARELAY_JWT_SECRET": stageSecret}
	settings := settings(dir)
	settings.ChannelsFile = channels
	cfg, err := config.Load(settings, func(name string) (string, bool) { v, ok := variables[name]; return v, ok })
	s.must(err)
	said, stop := launch(s.TB, cfg, files)
	s.Cleanup(func() { s.must(stop()) })
	address, ok := strings.CutPrefix(said.Text(), "Mediarelay listens on ")
	if !ok {
		s.Fatalf("the greeting is %q", said.Text())
	}
	go drain(said)
	return address
}

func (s *stage) browse(chromium string) {
	s.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(1280, 900),
		// Chromium reads files' names in the locale's encoding, and a bare machine's is ASCII.
		chromedp.Env("LC_ALL=C.UTF-8"),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	allocator, freeAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	browser, closeBrowser := chromedp.NewContext(allocator)
	s.Cleanup(func() { closeBrowser(); freeAllocator() })
	s.browser = browser
	s.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: watcher})
		return chromedp.Void{}, err
	})
}

// watcher notes what goes wrong on a page from its first moment, and reads its rows.
const watcher = `
	window.faults = []
	addEventListener('securitypolicyviolation', e => faults.push('policy: ' + e.violatedDirective + ' ' + e.blockedURI))
	addEventListener('error', e => faults.push('error: ' + e.message))
	addEventListener('unhandledrejection', e => faults.push('rejection: ' + e.reason))
	window.rowNode = name => {
		const rows = [...document.querySelector('media-upload').shadowRoot.querySelectorAll('[data-file-id]')]
		return rows.find(row => row.querySelector('[part~=name]').textContent === name)
	}
	window.row = name => {
		const node = rowNode(name)
		if (!node) return { State: 'absent' }
		const file = document.querySelector('media-upload').files.find(file => file.id === node.dataset.fileId)
		return {
			State: node.dataset.state, Text: node.innerText, Asset: file?.asset ?? null,
			Codes: [...node.querySelectorAll('[data-code]')].map(reason => reason.dataset.code),
		}
	}`

// open opens the upload page with a token. At the test's end nothing may have
// gone wrong on it, and nothing may have been forbidden by its policy.
func (s *stage) open(token string) {
	s.Helper()
	s.do(chromedp.Navigate(s.proxy.url + "/#token=" + token))
	s.until(`document.querySelector('media-upload')?.shadowRoot?.querySelector('[part~=dropzone]')`)
	s.Cleanup(func() {
		if faults := value[[]string](s, `faults`); len(faults) > 0 {
			s.Errorf("on the page: %v", faults)
		}
	})
}

// token signs a token that ends at a time from now, in the past too.
func (s *stage) token(life time.Duration) string {
	s.Helper()
	claims := jwt.MapClaims{
		"aud": "mediarelay", "sub": "ana", "channel": stageChannel, "scope": "upload assets:read", "exp": time.Now().Add(life).Unix(),
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(stageSecret))
	s.must(err)
	return token
}

// drop drops files on the element as a person does, with the mouse.
func (s *stage) drop(paths ...string) {
	s.Helper()
	at := value[struct{ X, Y float64 }](s, `(() => {
		const zone = document.querySelector('media-upload').shadowRoot.querySelector('[part~=dropzone]')
		zone.scrollIntoView({ block: 'center' })
		const box = zone.getBoundingClientRect()
		return { X: box.x + box.width / 2, Y: box.y + box.height / 2 }
	})()`)
	data := &input.DragData{Items: []*input.DragDataItem{}, Files: paths, DragOperationsMask: 1}
	for _, step := range []input.DispatchDragEventType{
		input.DispatchDragEventTypeDragEnter, input.DispatchDragEventTypeDragOver, input.DispatchDragEventTypeDrop,
	} {
		s.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
			_, err := cdp.Call(ctx, t, input.DispatchDragEvent, input.DispatchDragEventParams{Type: step, X: at.X, Y: at.Y, Data: data})
			return chromedp.Void{}, err
		})
	}
}

// row is what the list shows of a file.
type row struct {
	State string
	Text  string
	Codes []string
	Asset *struct {
		MediaID string `json:"media_id"`
		Handle  string `json:"handle"`
		SHA256  string `json:"sha256"`
	}
}

// awaitRow waits until the row of a file is in a state.
func (s *stage) awaitRow(name, state string) row {
	s.Helper()
	s.until(fmt.Sprintf(`row(%q).State === %q`, name, state))
	return s.row(name)
}

func (s *stage) row(name string) row {
	s.Helper()
	return value[row](s, fmt.Sprintf(`row(%q)`, name))
}

// press presses a button of a file's row, when it is there.
func (s *stage) press(name, action string) {
	s.Helper()
	button := fmt.Sprintf(`rowNode(%q)?.querySelector('[data-action=%s]')`, name, action)
	s.until(button)
	s.evaluate(button + `.click()`)
}

// until waits for a condition of the page.
func (s *stage) until(condition string) {
	s.Helper()
	poll := chromedp.Poll[bool]("!!("+condition+")", chromedp.WithPollingInterval(20*time.Millisecond), chromedp.WithPollingTimeout(time.Minute))
	if _, err := chromedp.Run(s.browser, poll); err != nil {
		rows := value[string](s, `document.querySelector('media-upload')?.shadowRoot?.textContent ?? document.body.innerText`)
		s.Fatalf("%s never came true: %v; the page says: %s", condition, err, strings.Join(strings.Fields(rows), " "))
	}
}

// value evaluates an expression in the page.
func value[T any](s *stage, expression string) T {
	s.Helper()
	v, err := chromedp.Run(s.browser, chromedp.Evaluate[T](expression))
	s.must(err)
	return v
}

func (s *stage) evaluate(script string) {
	s.Helper()
	s.do(chromedp.Evaluate[chromedp.Void]("(() => {" + script + "})()"))
}

func (s *stage) do(steps ...chromedp.Action[chromedp.Void]) {
	s.Helper()
	s.must(chromedp.Do(s.browser, steps...))
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
