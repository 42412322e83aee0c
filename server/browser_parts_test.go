package main

import (
	"net/http"
	"strings"
	"testing"
)

// The worker's part that sends comes late, and then not at all. The verdict was
// there before it, and the next worker gets the part and sends.
func TestAVerdictDoesNotWaitForThePartThatSends(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	judged := make(chan struct{})
	s.proxy.wrong(&fault{name: "the part that sends fails", times: 1, meets: partThatSends, act: func(c *crossing) {
		select {
		case <-judged:
			html(http.StatusBadGateway)(c)
		case <-c.r.Context().Done():
		}
	}})
	s.openForMessages()
	s.evaluate(`window.judged = false
		document.addEventListener('file-checked', () => { judged = true })`)
	content := notes(2 << 20)
	s.drop(s.file("notes.txt", content))
	s.until(`judged`)
	close(judged)
	s.wantSafe("notes.txt", content)
	s.wantOneUpload()
	s.wantNoError()
}

func partThatSends(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/widget/upload-worker-")
}
