package main

import (
	"context"
	"errors"
	"io/fs"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"mediarelay/web"
)

// driver is what the tests ask of a tab, whichever browser it belongs to.
type driver interface {
	navigate(url string) error
	// evaluate gives the string that an expression in the page comes to; a promise is awaited.
	evaluate(expression string) (string, error)
	// choose gives files to the upload element of the page, as a person does.
	choose(paths []string) error
}

// browser is a browser of a test's own.
type browser interface {
	// start starts it, after a kill too: with what its profile kept, where it has one.
	start() error
	tab() (driver, error)
	// kill ends it as a crash does.
	kill()
}

// page is the tab of a stage.
func (s *stage) page() driver {
	if s.other != nil {
		return s.other
	}
	return chromiumTab{s.browser}
}

type chromiumTab struct{ tab context.Context }

func (c chromiumTab) navigate(url string) error {
	return chromedp.Do(c.tab, chromedp.Navigate(url))
}

func (c chromiumTab) evaluate(expression string) (string, error) {
	return chromedp.Run(c.tab, chromedp.Evaluate[string](expression, chromedp.EvalAwaitPromise))
}

func (c chromiumTab) choose(paths []string) error {
	return c.dropOn(`document.querySelector('media-upload').shadowRoot.querySelector('[part~=dropzone]')`, paths)
}

// dropOn drops the files with the mouse.
func (c chromiumTab) dropOn(zone string, paths []string) error {
	at, err := chromedp.Run(c.tab, chromedp.Evaluate[struct{ X, Y float64 }](`(() => {
		const zone = `+zone+`
		zone.scrollIntoView({ block: 'center' })
		const box = zone.getBoundingClientRect()
		return { X: box.x + box.width / 2, Y: box.y + box.height / 2 }
	})()`))
	data := &input.DragData{Items: []*input.DragDataItem{}, Files: paths, DragOperationsMask: 1}
	for _, step := range []input.DispatchDragEventType{
		input.DispatchDragEventTypeDragEnter, input.DispatchDragEventTypeDragOver, input.DispatchDragEventTypeDrop,
	} {
		err = errors.Join(err, chromedp.Do(c.tab, func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
			_, err := cdp.Call(ctx, t, input.DispatchDragEvent, input.DispatchDragEventParams{Type: step, X: at.X, Y: at.Y, Data: data})
			return chromedp.Void{}, err
		}))
	}
	return err
}

// onStageOf is onStageAs with a tab of a browser that is not Chromium.
func onStageOf(t testing.TB, b browser, as setting) *stage {
	t.Helper()
	as.files = withWatcher(t, as.files)
	s := withoutBrowser(t, as)
	s.browser = context.Background() // Chromium's part of it
	s.must(b.start())
	t.Cleanup(b.kill)
	s.enter(b)
	return s
}

// enter opens a tab and goes on there.
func (s *stage) enter(b browser) {
	s.Helper()
	var err error
	s.other, err = b.tab()
	s.must(err)
}

// tabOf is another tab of the same browser.
func (s *stage) tabOf(b browser) *stage {
	s.Helper()
	other := *s
	other.enter(b)
	return &other
}

// console is what the page said there.
func (s *stage) console() []string {
	s.Helper()
	if s.other == nil {
		return s.profile.said()
	}
	return value[[]string](s, `said`)
}

// withWatcher lets the page itself bring the watcher, as its first script:
// WebDriver has no means to run one before the page's own.
func withWatcher(t testing.TB, files fs.FS) fs.FS {
	t.Helper()
	if files == nil {
		files = web.Files()
	}
	const path = "assets/watcher.js"
	copied := fstest.MapFS{path: {Data: []byte(watcher + listenToConsole)}}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, name)
		copied[name] = &fstest.MapFile{Data: content}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	before, after, found := strings.Cut(string(copied["index.html"].Data), "<script ")
	if !found {
		t.Fatal("the page has no script")
	}
	copied["index.html"].Data = []byte(before + `<script src="/` + path + `"></script><script ` + after)
	return copied
}

const listenToConsole = `
	window.said = []
	for (const level of ['debug', 'log', 'info', 'warn', 'error']) {
		const say = console[level]
		console[level] = (...words) => { said.push(words.join(' ')); say.apply(console, words) }
	}`

// group makes a program and all that it starts one group, which ends together.
func group(command *exec.Cmd) *exec.Cmd {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return command
}

// killGroup ends a group that group made, and waits for its first process.
func killGroup(command *exec.Cmd) {
	if command == nil || command.Process == nil {
		return
	}
	_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL)
	_ = command.Wait() // it says that it was killed
}
