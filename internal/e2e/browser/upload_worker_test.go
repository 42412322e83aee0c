package browser

import (
	"net/http"
	"strings"
	"testing"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
	"mediarelay/internal/e2e/stage/proxy"
)

// The script of the upload worker arrives late, and then fails. The verdict comes before
// it, and the next worker loads it and sends.
func TestVerdictDoesNotWaitForTheUploadWorker(t *testing.T) {
	t.Parallel()
	s := browserstage.New(t)
	judged := make(chan struct{})
	s.Proxy.Add(&proxy.Fault{Name: "the part that sends fails", Times: 1, Match: uploadWorkerChunk, Act: func(c *proxy.Exchange) {
		select {
		case <-judged:
			proxy.RespondHTML(http.StatusBadGateway)(c)
		case <-c.Request.Context().Done():
		}
	}})
	s.OpenForMessages()
	s.Evaluate(`window.judged = false
		document.addEventListener('file-checked', () => { judged = true })`)
	content := stage.Notes(2 << 20)
	s.Drop(s.File("notes.txt", content))
	s.Until(`judged`)
	close(judged)
	s.WantIntact("notes.txt", content)
	s.WantOneUpload()
	s.WantNoError()
}

func uploadWorkerChunk(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/widget/upload-worker-")
}
