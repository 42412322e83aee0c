package main

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"mediarelay/internal/sandbox"
)

// Frameworks move nodes: to another parent within one task, or out for a moment.
func TestAnElementThatIsMovedSendsOn(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	content := notes(6 << 20)
	s.startSlowly("moved.txt", content)
	s.awaitBytes("moved.txt")
	s.evaluate(`const element = document.querySelector('media-upload')
		const other = document.body.appendChild(document.createElement('section'))
		other.append(element)
		element.remove()
		setTimeout(() => other.append(element), 300)`)
	s.until(`document.querySelector('section > media-upload')`)
	s.proxy.slow(0)
	if done := s.awaitRow("moved.txt", "done"); done.Asset == nil || done.Asset.SHA256 != digestOf(content) {
		t.Errorf("asset %+v", done.Asset)
	}
	requests := s.proxy.seen()
	wantSteadyProgress(t, requests)
	if slices.ContainsFunc(requests, func(r passed) bool { return r.method == http.MethodHead }) {
		t.Errorf("the upload was interrupted: its offset was asked for: %+v", requests)
	}
}

func TestAnElementThatWasAwayGoesOnFromTheOffset(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	content := notes(6 << 20)
	s.startSlowly("away.txt", content)
	s.awaitBytes("away.txt")
	s.leave()
	if state := value[string](s, `away.files[0].state`); state != "queued" {
		t.Errorf("a file of an element that is away is %s, want queued", state)
	}
	s.proxy.slow(0)
	s.comeBack()
	if done := s.awaitRow("away.txt", "done"); done.Asset == nil || done.Asset.SHA256 != digestOf(content) {
		t.Errorf("asset %+v", done.Asset)
	}
	requests := s.proxy.seen()
	wantSteadyProgress(t, requests)
	asked := slices.IndexFunc(requests, func(r passed) bool { return r.method == http.MethodHead })
	if asked < 0 || requests[asked].reached <= 0 {
		t.Errorf("it did not go on from what the server had: %+v", requests)
	}
}

func TestAnElementThatWasAwayDuringTheRelayComesToItsEnd(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	content := notes(128 << 10)
	slow := s.sandbox.Faults().Add(sandbox.OpUploadMedia, sandbox.Slow(40<<10)) // some three seconds
	s.open(s.token(time.Hour))
	s.evaluate(`document.querySelector('media-upload').setAttribute('purpose', 'message')`)
	s.drop(s.file("relayed.txt", content))
	s.awaitRow("relayed.txt", "relaying")
	<-slow.Fired()
	s.leave()
	s.comeBack()
	if done := s.awaitRow("relayed.txt", "done"); done.Asset == nil || done.Asset.SHA256 != digestOf(content) {
		t.Errorf("asset %+v", done.Asset)
	}
	wantSteadyProgress(t, s.proxy.seen())
}

func TestAnotherEndpointEndsWhatWasOnItsWayInWords(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	s.startSlowly("notes.txt", notes(6<<20))
	s.awaitBytes("notes.txt")
	s.evaluate(fmt.Sprintf(`document.querySelector('media-upload').setAttribute('endpoint', %q)`, s.proxy.url+"/the-same/server"))
	s.until(`document.querySelector('media-upload').endpoint !== '' && !document.querySelector('media-upload').isUpdatePending`)
	if still := s.row("notes.txt"); still.State != "uploading" {
		t.Fatalf("the same server in other words: the file is %s", still.State)
	}
	s.evaluate(`document.querySelector('media-upload').setAttribute('endpoint', 'http://127.0.0.1:9')`)
	failed := s.awaitRow("notes.txt", "failed")
	if !slices.Equal(failed.Codes, []string{"endpoint_changed"}) {
		t.Errorf("the row says %v", failed.Codes)
	}
	s.proxy.slow(0)
	s.evaluate(`document.querySelector('media-upload').removeAttribute('endpoint')`)
	s.press("notes.txt", "retry")
	s.awaitRow("notes.txt", "done")
}

// startSlowly drops a file on a line that takes some seconds for it.
func (s *stage) startSlowly(name string, content []byte) {
	s.Helper()
	s.open(s.token(time.Hour))
	s.evaluate(`document.querySelector('media-upload').setAttribute('purpose', 'message')`)
	s.proxy.slow(1 << 20)
	s.drop(s.file(name, content))
	s.awaitRow(name, "uploading")
}

// awaitBytes waits until the server has acknowledged some of a file.
func (s *stage) awaitBytes(name string) {
	s.Helper()
	s.until(fmt.Sprintf(`document.querySelector('media-upload').files.some(file => file.name === %q && file.bytesAccepted > 0)`, name))
}

// leave takes the element out for longer than it waits: a page that is hidden
// ends that wait at once.
func (s *stage) leave() {
	s.Helper()
	s.evaluate(`window.away = document.querySelector('media-upload')
		away.remove()
		dispatchEvent(new PageTransitionEvent('pagehide'))`)
}

func (s *stage) comeBack() {
	s.Helper()
	s.evaluate(`document.body.append(away)`)
}
