package browser

import (
	"bytes"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
)

// startUpload drops a text of a size on a line with a rate in bytes a second, and waits
// until the server has acknowledged its first bytes.
func startUpload(s *browserstage.Stage, size, rate int) (path string, content []byte) {
	s.Helper()
	content = stage.Notes(size)
	path = s.File("notes.txt", content)
	s.Open(s.Token(time.Hour))
	s.ForMessages(true)
	s.Proxy.SetRate(rate)
	s.Drop(path)
	s.Until(`row("notes.txt").Accepted > 0`)
	return path, content
}

// The browser is killed in the middle of a file. On the next visit the upload resumes
// without any user action.
func TestUploadResumesAfterBrowserKill(t *testing.T) {
	for i, file := range []struct {
		size, rate int
	}{
		{16 << 20, 4 << 20},
		{100 << 20, 16 << 20},
	} {
		t.Run(fmt.Sprintf("%d MB", file.size>>20), func(t *testing.T) {
			stage.Sampled(t, i, 2)
			s := browserstage.NewWith(t, browserstage.Setting{OwnBrowser: true})
			path, content := startUpload(s, file.size, file.rate)
			s.Until(fmt.Sprintf(`row("notes.txt").Accepted >= %d`, file.size/2))
			s.KillBrowser()
			s.Must(os.Remove(path))
			s.Proxy.SetRate(0)
			s.Relaunch()
			s.Open(s.Token(time.Hour))
			s.WantIntact("notes.txt", content)
			s.WantOneUpload()
			s.WantNoError()
			s.WantSentAtMost(int64(file.size) + s.LongestChunk())
			if restored := s.Events("restored"); len(restored) != 1 {
				t.Errorf("%d restored events, want one", len(restored))
			}
		})
	}
}

// A paused upload stays paused across a crash of the browser.
func TestPausedUploadIsRestoredPaused(t *testing.T) {
	s := browserstage.NewWith(t, browserstage.Setting{OwnBrowser: true})
	_, content := startUpload(s, 8<<20, 2<<20)
	s.Press("notes.txt", "pause")
	s.AwaitRow("notes.txt", "paused")
	s.UntilRecord(`paused`)
	s.KillBrowser()
	s.Proxy.SetRate(0)
	s.Relaunch()
	s.Open(s.Token(time.Hour))
	s.AwaitRow("notes.txt", "paused")
	s.Press("notes.txt", "resume")
	s.WantIntact("notes.txt", content)
	s.WantOneUpload()
}

// In a private window, such as those of the shared browser, Chromium's copy is the
// original under another name. So this test has a profile.
func TestDeletedOrChangedFileIsSentFromItsCopy(t *testing.T) {
	for what, change := range map[string]func(path string) error{
		"deleted": os.Remove,
		"changed": func(path string) error { return os.WriteFile(path, []byte("something else"), 0o600) },
	} {
		t.Run(what, func(t *testing.T) {
			s := browserstage.NewWith(t, browserstage.Setting{OwnBrowser: true})
			path, content := startUpload(s, 8<<20, 4<<20)
			s.Must(change(path))
			s.Proxy.SetRate(0)
			s.WantIntact("notes.txt", content)
			s.WantOneUpload()
		})
	}
}

// Name, size and time do not identify content: other bytes are another upload.
func TestSameNameSizeAndTimeWithOtherBytes(t *testing.T) {
	s := browserstage.NewWith(t, browserstage.Setting{OwnBrowser: true})
	one := stage.Notes(4 << 20)
	other := bytes.ToUpper(one)
	path := s.File("notes.txt", one)
	info, err := os.Stat(path)
	s.Must(err)
	s.Open(s.Token(time.Hour))
	s.ForMessages(true)
	s.Proxy.SetRate(1 << 20)
	s.Drop(path)
	s.Until(`row("notes.txt").Accepted > 0`)
	s.Must(os.WriteFile(path, other, 0o600))
	s.Must(os.Chtimes(path, info.ModTime(), info.ModTime()))
	s.Drop(path)
	s.Proxy.SetRate(0)
	s.Until(`document.querySelector('media-upload').files.filter(file => file.state === 'done').length === 2`)
	got := browserstage.Value[[]string](s, `document.querySelector('media-upload').files.map(file => file.asset.sha256)`)
	if got[0] != stage.Digest(one) || got[1] != stage.Digest(other) {
		t.Errorf("the assets' digests are %v, want %s and %s", got, stage.Digest(one), stage.Digest(other))
	}
}

// A worker that crashes releases its lock. The next one finds the stored record and
// resumes at the server's offset.
func TestCrashedWorkerIsReplaced(t *testing.T) {
	s := browserstage.NewWith(t, browserstage.Setting{WebFiles: browserstage.WithWorkerScript(t, `
		const send = XMLHttpRequest.prototype.send
		let chunks = 0
		XMLHttpRequest.prototype.send = function (body) {
			send.call(this, body)
			if (body && ++chunks === 2) caches.has('died').then(died => died || caches.open('died').then(() => postMessage({ type: 'dead', detail: 'for a test' })))
		}
	`)})
	_, content := startUpload(s, 8<<20, 2<<20)
	s.WantIntact("notes.txt", content)
	s.WantOneUpload()
	s.WantNoError()
	s.WantSentAtMost(int64(len(content)) + s.LongestChunk())
	if cut := s.RequestsWith("HEAD"); len(cut) == 0 {
		t.Error("no worker requested the offset: none crashed during the upload")
	}
}

// If the browser takes no copy, the next visit asks for the file again, compares its
// content with the upload, and resumes at the server's offset.
func TestFileWithoutCopyIsChosenAgain(t *testing.T) {
	s := browserstage.NewWith(t, browserstage.Setting{WebFiles: browserstage.WithWorkerScript(t, browserstage.NoBlobs)})
	path, content := startUpload(s, 6<<20, 2<<20)
	s.UntilRecord(`url !== ''`)
	s.Do(chromedp.Navigate("about:blank"))
	s.Open(s.Token(time.Hour))
	s.AwaitRow("notes.txt", "missing")
	s.Drop(s.File("other.txt", bytes.ToUpper(content)))
	s.AwaitRow("other.txt", "refused") // as a template header, since the purpose message is not set
	s.Proxy.SetRate(0)
	s.Drop(path)
	s.WantIntact("notes.txt", content)
	s.WantSentAtMost(2*int64(len(content)) + s.LongestChunk())
}
