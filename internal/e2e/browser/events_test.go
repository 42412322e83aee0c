package browser

import (
	"fmt"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
	"mediarelay/internal/e2e/stage/proxy"
	"mediarelay/internal/sandbox"
)

// A browser has six connections to a server of HTTP/1.1. While twelve files are relayed
// slowly, the page's own requests are answered, and a second tab works too.
func TestSlowRelaysLeaveConnectionsFree(t *testing.T) {
	t.Parallel()
	s := browserstage.New(t)
	const files, size = 12, 24 << 10
	for range files {
		s.Sandbox.Faults().Add(sandbox.OpUploadMedia, sandbox.Slow(8<<10))
	}
	second := s.SecondTab()
	for _, tab := range []*browserstage.Stage{s, second} {
		tab.Visit(s.Server.URL() + "/#token=" + s.Token(time.Hour)) // without the proxy
		tab.ForMessages(true)
	}
	paths := make([]string, files)
	for i := range paths {
		paths[i] = s.File(fmt.Sprintf("notes%d.txt", i), stage.Notes(size+i))
	}
	s.Drop(paths...)
	s.Until(fmt.Sprintf(`document.querySelector('media-upload').files.filter(file => ['checking', 'relaying'].includes(file.state)).length === %d`, files))
	for _, tab := range []*browserstage.Stage{s, second} {
		tab.Evaluate(`window.answered = false
			fetch('/healthz', { cache: 'no-store' }).then(() => { answered = true })`)
		tab.Within(5*time.Second, `answered`)
	}
	second.Drop(s.File("other.txt", stage.Notes(2<<10)))
	second.AwaitRow("other.txt", "done")
	for i := range paths {
		if row := s.AwaitRow(fmt.Sprintf("notes%d.txt", i), "done"); row.Asset == nil || row.Asset.MediaID == "" {
			t.Errorf("file %d is done without a media ID: %+v", i, row)
		}
	}
}

// However many files a worker has, it opens one stream, and asks for no upload.
func TestAWorkerOpensOneStream(t *testing.T) {
	t.Parallel()
	s := browserstage.New(t)
	s.OpenForMessages()
	const files = 8
	paths := make([]string, files)
	for i := range paths {
		paths[i] = s.File(fmt.Sprintf("notes%d.txt", i), stage.Notes(1<<10+i))
	}
	s.Drop(paths...)
	for i := range paths {
		s.AwaitRow(fmt.Sprintf("notes%d.txt", i), "done")
	}
	s.WantOneEventStream()
}

// The connection of the stream is cut again and again: no end is missed.
func TestACutStreamMissesNoEnd(t *testing.T) {
	t.Parallel()
	s := browserstage.New(t)
	s.Sandbox.Faults().Add(sandbox.OpUploadMedia, sandbox.Slow(8<<10))
	s.Proxy.Add(&proxy.Fault{Name: "the stream is cut", Match: proxy.Events, Times: 2, Act: proxy.CutResponseAfter(time.Second)})
	content := s.Begin("notes.txt", 32<<10)
	s.WantIntact("notes.txt", content)
	s.WantNoError()
}
