package browser

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
	"mediarelay/internal/e2e/stage/proxy"
	"mediarelay/internal/sandbox"
)

// Frameworks move nodes: to another parent in one task, or out of the document for a
// moment.
func TestMovedElementKeepsUploading(t *testing.T) {
	t.Parallel()
	s := browserstage.New(t)
	content := stage.Notes(6 << 20)
	startSlowUpload(s, "moved.txt", content)
	s.AwaitBytes("moved.txt")
	s.Evaluate(`const element = document.querySelector('media-upload')
		const other = document.body.appendChild(document.createElement('section'))
		other.append(element)
		element.remove()
		setTimeout(() => other.append(element), 300)`)
	s.Until(`document.querySelector('section > media-upload')`)
	s.Proxy.SetRate(0)
	if done := s.AwaitRow("moved.txt", "done"); done.Asset == nil || done.Asset.SHA256 != stage.Digest(content) {
		t.Errorf("asset %+v", done.Asset)
	}
	requests := s.Proxy.Requests()
	browserstage.WantSteadyProgress(t, requests)
	if slices.ContainsFunc(requests, func(r proxy.Request) bool { return r.Method == http.MethodHead }) {
		t.Errorf("the upload was interrupted: its offset was requested: %+v", requests)
	}
}

func TestReattachedElementResumesFromTheOffset(t *testing.T) {
	t.Parallel()
	s := browserstage.New(t)
	content := stage.Notes(6 << 20)
	startSlowUpload(s, "away.txt", content)
	s.AwaitBytes("away.txt")
	removeElement(s)
	if state := browserstage.Value[string](s, `away.files[0].state`); state != "queued" {
		t.Errorf("a file of a removed element is %s, want queued", state)
	}
	s.Proxy.SetRate(0)
	restoreElement(s)
	if done := s.AwaitRow("away.txt", "done"); done.Asset == nil || done.Asset.SHA256 != stage.Digest(content) {
		t.Errorf("asset %+v", done.Asset)
	}
	requests := s.Proxy.Requests()
	browserstage.WantSteadyProgress(t, requests)
	asked := slices.IndexFunc(requests, func(r proxy.Request) bool { return r.Method == http.MethodHead })
	if asked < 0 || requests[asked].ResponseOffset <= 0 {
		t.Errorf("it did not resume at the server's offset: %+v", requests)
	}
}

func TestElementReattachedDuringRelayFinishes(t *testing.T) {
	t.Parallel()
	s := browserstage.New(t)
	content := stage.Notes(128 << 10)
	slow := s.Sandbox.Faults().Add(sandbox.OpUploadMedia, sandbox.Slow(40<<10)) // some three seconds
	s.Open(s.Token(time.Hour))
	s.Evaluate(`document.querySelector('media-upload').setAttribute('purpose', 'message')`)
	s.Drop(s.File("relayed.txt", content))
	s.AwaitRow("relayed.txt", "relaying")
	<-slow.Fired()
	removeElement(s)
	restoreElement(s)
	if done := s.AwaitRow("relayed.txt", "done"); done.Asset == nil || done.Asset.SHA256 != stage.Digest(content) {
		t.Errorf("asset %+v", done.Asset)
	}
	browserstage.WantSteadyProgress(t, s.Proxy.Requests())
}

func TestEndpointChangeFailsRunningUploads(t *testing.T) {
	t.Parallel()
	s := browserstage.New(t)
	startSlowUpload(s, "notes.txt", stage.Notes(6<<20))
	s.AwaitBytes("notes.txt")
	s.Evaluate(fmt.Sprintf(`document.querySelector('media-upload').setAttribute('endpoint', %q)`, strings.ToUpper(s.Proxy.URL)+"//"))
	s.Until(`document.querySelector('media-upload').endpoint !== '' && !document.querySelector('media-upload').isUpdatePending`)
	if still := s.Row("notes.txt"); still.State != "uploading" {
		t.Fatalf("the same server under another URL: the file is %s", still.State)
	}
	s.Evaluate(`document.querySelector('media-upload').setAttribute('endpoint', 'http://127.0.0.1:9')`)
	failed := s.AwaitRow("notes.txt", "failed")
	if !slices.Equal(failed.Codes, []string{"endpoint_changed"}) {
		t.Errorf("the row says %v", failed.Codes)
	}
	s.Proxy.SetRate(0)
	s.Evaluate(`document.querySelector('media-upload').removeAttribute('endpoint')`)
	s.Press("notes.txt", "retry")
	s.AwaitRow("notes.txt", "done")
}

// startSlowUpload drops a file on a line that takes some seconds for it.
func startSlowUpload(s *browserstage.Stage, name string, content []byte) {
	s.Helper()
	s.Open(s.Token(time.Hour))
	s.Evaluate(`document.querySelector('media-upload').setAttribute('purpose', 'message')`)
	s.Proxy.SetRate(1 << 20)
	s.Drop(s.File(name, content))
	s.AwaitRow(name, "uploading")
}

// removeElement removes the element for longer than its disconnect timer, which a hidden
// page ends at once.
func removeElement(s *browserstage.Stage) {
	s.Helper()
	s.Evaluate(`window.away = document.querySelector('media-upload')
		away.remove()
		dispatchEvent(new PageTransitionEvent('pagehide'))`)
}

// restoreElement puts the element back.
func restoreElement(s *browserstage.Stage) {
	s.Helper()
	s.Evaluate(`document.body.append(away)`)
}
