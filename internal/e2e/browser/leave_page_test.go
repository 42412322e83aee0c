package browser

import (
	"fmt"
	"testing"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
)

// An upload without a copy says that the page must stay open, and leaving the page
// prompts.
func TestUploadWithoutCopyAsksToKeepThePageOpen(t *testing.T) {
	t.Parallel()
	s := browserstage.NewWith(t, browserstage.Setting{WebFiles: browserstage.WithWorkerScript(t, browserstage.NoStore)})
	s.Proxy.SetRate(1 << 20)
	content := s.Begin("notes.txt", 3<<20)
	s.Until(`row("notes.txt").Text?.includes("Keep this window open")`)
	wantLeavePrompt(s, true)
	s.WantIntact("notes.txt", content)
	s.WantOneUpload()
	s.WantNoError()
	wantLeavePrompt(s, false)
}

// Leaving the page prompts only if something would be lost.
func TestLeavePromptOnlyIfDataWouldBeLost(t *testing.T) {
	t.Parallel()
	s := browserstage.New(t)
	s.OpenForMessages()
	wantLeavePrompt(s, false)
	s.Proxy.SetRate(512 << 10)
	content := stage.Notes(3 << 20)
	s.Drop(s.File("notes.txt", content))
	s.AwaitBytes("notes.txt")
	// Once the copy is stored, closing the window loses nothing.
	s.Until(`databases().then(all => { window.copies = all['mediarelay.copies']?.length }) && window.copies === 1`)
	wantLeavePrompt(s, false)
	s.Proxy.SetRate(0)
	s.WantIntact("notes.txt", content)
	wantLeavePrompt(s, false)
}

// wantLeavePrompt waits until leaving the page would prompt, or would not.
func wantLeavePrompt(s *browserstage.Stage, want bool) {
	s.Helper()
	s.Until(fmt.Sprintf(`(() => {
		const leaving = new Event('beforeunload', { cancelable: true })
		dispatchEvent(leaving)
		return leaving.defaultPrevented === %t
	})()`, want))
}
