package browserstage

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// chromiumTab is a Driver over the DevTools protocol.
type chromiumTab struct{ tab context.Context }

func (c chromiumTab) Navigate(url string) error {
	return c.failed("navigate", do(c.tab, chromedp.Navigate(url)))
}

func (c chromiumTab) Evaluate(expression string) (string, error) {
	value, err := run(c.tab, chromedp.Evaluate[string](expression, chromedp.EvalAwaitPromise))
	return value, c.failed("evaluate "+expression[:min(len(expression), 200)], err)
}

// failed says which action of the tab failed, and whether the tab has crashed.
func (c chromiumTab) failed(action string, err error) error {
	if err == nil {
		return nil
	}
	if cause := context.Cause(c.tab); cause != nil {
		err = cause
	}
	return fmt.Errorf("%s: %w", action, err)
}

// run is chromedp.Run, bounded by actionTimeout. The tab must be open: its first action
// binds the tab's life to the context.
func run[T any](tab context.Context, step chromedp.Action[T]) (T, error) {
	bounded, cancel := context.WithTimeout(tab, actionTimeout)
	defer cancel()
	return chromedp.Run(bounded, step)
}

// do is chromedp.Do, bounded as run is.
func do(tab context.Context, steps ...chromedp.Action[chromedp.Void]) error {
	bounded, cancel := context.WithTimeout(tab, actionTimeout)
	defer cancel()
	return chromedp.Do(bounded, steps...)
}

// open runs the first action of a tab, which opens it, and the browser if there is none.
// It returns an error after actionTimeout; what it started ends with the tab's context.
func open(tab context.Context) error {
	opened := make(chan error, 1)
	go func() { opened <- chromedp.Do(tab) }()
	select {
	case err := <-opened:
		return err
	case <-time.After(actionTimeout):
		return fmt.Errorf("the tab did not open within %s", actionTimeout)
	}
}

func (c chromiumTab) Choose(paths []string) error {
	return c.dropOn(`document.querySelector('media-upload').shadowRoot.querySelector('[part~=dropzone]')`, paths)
}

// dropOn drops the files with the mouse.
func (c chromiumTab) dropOn(zone string, paths []string) error {
	at, err := run(c.tab, chromedp.Evaluate[struct{ X, Y float64 }](`(() => {
		const zone = `+zone+`
		zone.scrollIntoView({ block: 'center' })
		const box = zone.getBoundingClientRect()
		return { X: box.x + box.width / 2, Y: box.y + box.height / 2 }
	})()`))
	data := &input.DragData{Items: []*input.DragDataItem{}, Files: paths, DragOperationsMask: 1}
	for _, step := range []input.DispatchDragEventType{
		input.DispatchDragEventTypeDragEnter, input.DispatchDragEventTypeDragOver, input.DispatchDragEventTypeDrop,
	} {
		err = errors.Join(err, do(c.tab, func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
			_, err := cdp.Call(ctx, t, input.DispatchDragEvent, input.DispatchDragEventParams{Type: step, X: at.X, Y: at.Y, Data: data})
			return chromedp.Void{}, err
		}))
	}
	return c.failed("drop", err)
}

// DropOn drops files with the mouse on a node of the page, in Chromium. Zone is an
// expression that returns the node.
func (s *Stage) DropOn(zone string, paths ...string) {
	s.Helper()
	s.Must(chromiumTab{s.Tab}.dropOn(zone, paths))
}

func browserOptions(chromium string) []chromedp.ExecAllocatorOption {
	return append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(1280, 900),
		// Chromium decodes file names in the locale's encoding, which is ASCII on a bare machine.
		chromedp.Env("LC_ALL=C.UTF-8"),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
}

// chromium is the browser that all tests share, except those that kill theirs.
var chromium sharedChromium

type sharedChromium struct {
	mu   sync.Mutex
	ctx  context.Context
	free func()
}

func (b *sharedChromium) open(chromium string) (context.Context, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ctx != nil {
		return b.ctx, nil
	}
	allocator, free := chromedp.NewExecAllocator(context.Background(), browserOptions(chromium)...)
	ctx, cancel := chromedp.NewContext(allocator)
	if err := open(ctx); err != nil {
		cancel()
		free()
		return nil, err
	}
	b.ctx, b.free = ctx, func() { cancel(); free() }
	return ctx, nil
}

func (b *sharedChromium) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.free != nil {
		b.free()
	}
}
