package browserstage

import (
	"context"
	"errors"
	"os"
	"sync"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/inspector"
	devtools "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// profile is a browser with its own cookies and databases: a browser context of the shared
// Chromium, or a whole browser with a profile folder.
type profile struct {
	*Stage
	chromium string
	folder   string // empty for a context of the shared browser
	root     context.Context
	close    func()

	mu      sync.Mutex
	console []string
	asked   int // how many dialogs were accepted
}

func newProfile(s *Stage, chromium string, own bool) *profile {
	s.Helper()
	p := &profile{Stage: s, chromium: chromium}
	if own {
		p.folder = s.TempDir()
	}
	p.launch()
	s.Cleanup(func() { p.close() })
	return p
}

func (p *profile) launch() {
	p.Helper()
	if p.folder == "" {
		root, err := chromium.open(p.chromium)
		p.Must(err)
		p.root, p.close = chromedp.NewContext(root, chromedp.WithNewBrowserContext())
		return
	}
	allocator, free := chromedp.NewExecAllocator(context.Background(), append(browserOptions(p.chromium), chromedp.UserDataDir(p.folder))...)
	root, closeRoot := chromedp.NewContext(allocator)
	p.root, p.close = root, func() { closeRoot(); free() }
}

// tab opens a tab. The first one starts the browser.
func (p *profile) tab() context.Context {
	p.Helper()
	tab := p.root
	if chromedp.FromContext(tab).Target != nil {
		var closeTab context.CancelFunc
		tab, closeTab = chromedp.NewContext(p.root)
		p.Cleanup(closeTab)
	}
	p.Must(open(tab))
	p.Must(do(tab, func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, devtools.AddScriptToEvaluateOnNewDocument, devtools.AddScriptToEvaluateOnNewDocumentParams{Source: pageScript})
		return chromedp.Void{}, err
	}))
	return p.listen(tab)
}

// listen records what a page writes to its console, and accepts its dialogs. The context
// that it returns ends if the tab crashes: a crashed tab answers no action.
func (p *profile) listen(tab context.Context) context.Context {
	p.Helper()
	tab, end := context.WithCancelCause(tab)
	messages := chromedp.Console(tab)
	go func() {
		for message, err := range messages {
			if err != nil {
				return
			}
			p.mu.Lock()
			p.console = append(p.console, message.String())
			p.mu.Unlock()
		}
	}()
	p.Must(chromedp.Listen(tab, func(event any) {
		switch event.(type) {
		case *devtools.EventJavascriptDialogOpening:
			go p.answerDialog(tab)
		case *inspector.EventTargetCrashed:
			end(errTabCrashed)
		}
	}))
	return tab
}

// errTabCrashed is the cause of the end of a crashed tab's context.
var errTabCrashed = errors.New("the tab crashed")

func (p *profile) answerDialog(tab context.Context) {
	p.mu.Lock()
	p.asked++
	p.mu.Unlock()
	_ = do(tab, func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, devtools.HandleJavaScriptDialog, devtools.HandleJavaScriptDialogParams{Accept: true})
		return chromedp.Void{}, err
	})
}

func (p *profile) said() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.console...)
}

// KillBrowser ends the browser as a crash does.
func (s *Stage) KillBrowser() {
	s.Helper()
	p := s.profile
	if p.folder == "" {
		s.Fatal("the browser is shared: ask for a setting with ownBrowser")
	}
	process := chromedp.FromContext(p.root).Browser.Process()
	s.Must(process.Signal(os.Kill))
	p.close()
}

// Relaunch starts a killed browser again on its profile.
func (s *Stage) Relaunch() {
	s.Helper()
	// Locks of the killed browser: with them the next one would delegate to it.
	for _, lock := range []string{"SingletonLock", "SingletonSocket", "SingletonCookie"} {
		os.Remove(s.profile.folder + "/" + lock)
	}
	s.profile.launch()
	s.Tab = s.profile.tab()
}

// SecondTab is the same stage in another tab of the browser.
func (s *Stage) SecondTab() *Stage {
	s.Helper()
	other := *s
	other.Tab = s.profile.tab()
	return &other
}

// BeforePages runs a script in every page that this tab opens, before the page's own.
func (s *Stage) BeforePages(script string) {
	s.Helper()
	s.Must(do(s.Tab, func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, devtools.AddScriptToEvaluateOnNewDocument, devtools.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return chromedp.Void{}, err
	}))
}
