package browser

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	devtools "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
)

// The same file in two tabs is one upload, which both tabs show.
func TestTwoTabsShareOneUpload(t *testing.T) {
	first, second, content := twoTabs(t)
	first.Proxy.SetRate(0)
	first.AwaitRow("notes.txt", "done")
	second.WantIntact("notes.txt", content)
	first.WantOneUpload()
	first.WantSentAtMost(int64(len(content)))
}

func TestTabTakesOverFromClosedTab(t *testing.T) {
	first, second, content := twoTabs(t)
	closeTab(second)
	first.Proxy.SetRate(0)
	first.WantIntact("notes.txt", content)
	first.WantOneUpload()
	first.WantSentAtMost(int64(len(content)) + first.LongestChunk())
}

func TestPauseAndCancelFromAnotherTab(t *testing.T) {
	first, second, _ := twoTabs(t)
	first.Press("notes.txt", "pause")
	second.AwaitRow("notes.txt", "paused")
	second.Press("notes.txt", "resume")
	second.AwaitRow("notes.txt", "uploading")
	first.Press("notes.txt", "cancel")
	second.AwaitRow("notes.txt", "absent")
	second.WantNothingLeft()
}

// twoTabs drops one file in two tabs. The second tab was first, and sends.
func twoTabs(t *testing.T) (first, second *browserstage.Stage, content []byte) {
	t.Helper()
	first = browserstage.New(t)
	second = first.SecondTab()
	content = stage.Notes(12 << 20)
	path := first.File("notes.txt", content)
	for _, tab := range []*browserstage.Stage{first, second} {
		tab.Open(first.Token(time.Hour))
		tab.ForMessages(true)
	}
	first.Proxy.SetRate(2 << 20)
	second.Drop(path)
	second.Until(`row("notes.txt").Accepted > 0`)
	first.Drop(path)
	first.Until(`row("notes.txt").Accepted > 0`)
	return first, second, content
}

// A tab that is opened later on the same page shows what another tab sends.
func TestLaterTabShowsTheUpload(t *testing.T) {
	s := browserstage.New(t)
	_, content := startUpload(s, 12<<20, 2<<20)
	later := s.SecondTab()
	later.Open(s.Token(time.Hour))
	later.Until(`row("notes.txt").Accepted > 0`)
	s.Proxy.SetRate(0)
	later.AwaitRow("notes.txt", "done")
	s.WantIntact("notes.txt", content)
	s.WantOneUpload()
}

// The same if the browser has no copy of the file, and only its record.
func TestLaterTabShowsUploadWithoutCopy(t *testing.T) {
	s := browserstage.NewWith(t, browserstage.Setting{WebFiles: browserstage.WithWorkerScript(t, browserstage.NoBlobs)})
	_, content := startUpload(s, 12<<20, 2<<20)
	s.UntilRecord(`url !== '' && !request.place.includes('/')`)
	later := s.SecondTab()
	later.Open(s.Token(time.Hour))
	later.AwaitRow("notes.txt", "uploading")
	later.Press("notes.txt", "pause")
	s.AwaitRow("notes.txt", "paused")
	later.Press("notes.txt", "resume")
	s.AwaitRow("notes.txt", "uploading")
	s.Proxy.SetRate(0)
	later.AwaitRow("notes.txt", "done")
	s.WantIntact("notes.txt", content)
	s.WantOneUpload()
}

// The same file twice on one page is one upload too, and one row can be cancelled without
// the other.
func TestSameFileTwiceOnOnePage(t *testing.T) {
	s := browserstage.New(t)
	path, content := startUpload(s, 6<<20, 2<<20)
	s.Drop(path)
	s.Until(`document.querySelector('media-upload').files.filter(file => file.bytesAccepted > 0).length === 2`)
	s.Press("notes.txt", "cancel")
	s.Until(`document.querySelector('media-upload').files.length === 1`)
	s.Proxy.SetRate(0)
	s.WantIntact("notes.txt", content)
	s.WantOneUpload()
}

// closeTab closes the tab as a person does. It cannot be used afterwards.
func closeTab(s *browserstage.Stage) {
	s.Helper()
	closed, over := context.WithCancel(s.Tab)
	defer func() {
		over()
		s.Tab = closed
	}()
	s.Do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, devtools.Close, cdp.Empty{})
		return chromedp.Void{}, err
	})
}
