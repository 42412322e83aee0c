package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/media"
	"mediarelay/internal/sandbox"
)

func TestFilesDroppedOnThePageComeBackWithMediaIDAndHandle(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	clip, err := os.ReadFile("testdata/clip.mp4")
	s.must(err)
	files := map[string][]byte{"holiday.jpg": photo(t), "logo größer.png": drawing(t), "clip.mp4": clip}
	paths := make([]string, 0, len(files))
	for name, content := range files {
		paths = append(paths, s.file(name, content))
	}
	s.open(s.token(time.Hour))
	s.drop(paths...)
	for name, content := range files {
		done := s.awaitRow(name, "done")
		if done.Asset == nil || done.Asset.SHA256 != digestOf(content) {
			t.Fatalf("%s: asset %+v", name, done.Asset)
		}
		held, ok := s.sandbox.Media(media.MediaID(done.Asset.MediaID))
		if !ok || held.SHA256 != digestOf(content) {
			t.Errorf("%s: the provider holds %+v for media ID %s", name, held, done.Asset.MediaID)
		}
		if !slices.ContainsFunc(s.sandbox.Handles(), func(h sandbox.Handle) bool {
			return string(h.Handle) == done.Asset.Handle && h.SHA256 == digestOf(content)
		}) {
			t.Errorf("%s: the provider gave no handle %q for these bytes", name, done.Asset.Handle)
		}
		if !strings.Contains(done.Text, done.Asset.MediaID) {
			t.Errorf("%s: the row does not show its media ID: %q", name, done.Text)
		}
	}
}

// A slow line is cut in the middle, and the token ends on the way: one creation,
// every chunk from the offset that the server reported, and done.
func TestABrokenLineAndANewTokenCostNothing(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	content := notes(10 << 20)
	path := s.file("notes.txt", content)
	const leeway = 30 * time.Second
	first, second := s.token(4*time.Second-leeway), s.token(time.Hour) // the first is good for four more seconds of ten
	s.open(first)
	s.evaluate(fmt.Sprintf(`window.asked = 0
		const element = document.querySelector('media-upload')
		element.getToken = async () => asked++ === 0 ? %q : %q
		element.setAttribute('purpose', 'message')`, first, second))
	s.proxy.slow(1 << 20)
	s.proxy.wrong(&fault{name: "a cut in the middle", meets: passing(len(content) / 2), times: 1, act: cutAfter(1000)})
	s.drop(path)
	s.wantSafe("notes.txt", content)
	requests := s.proxy.seen()
	if !slices.ContainsFunc(requests, func(r passed) bool { return r.status == http.StatusUnauthorized }) {
		t.Errorf("the token never ended on the way: %+v", requests)
	}
	if asked := value[int](s, "asked"); asked != 2 {
		t.Errorf("the page was asked for %d tokens, want one at the start and one in its place", asked)
	}
	wantSteadyProgress(t, requests)
}

// wantSteadyProgress holds what the proxy saw against the promise.
func wantSteadyProgress(t testing.TB, requests []passed) {
	t.Helper()
	creations, known := 0, int64(0)
	for _, r := range requests {
		if r.method == http.MethodPost && r.path == "/files/" && r.status == http.StatusCreated {
			creations++
		}
		if r.method == http.MethodPatch && r.offset != known {
			t.Errorf("a chunk began at %d where the server had reported %d", r.offset, known)
		}
		if r.alongside {
			t.Errorf("a chunk at %d was sent while another was on its way", r.offset)
		}
		if r.reached >= 0 {
			known = r.reached
		}
	}
	if creations != 1 {
		t.Errorf("%d creations, want 1: %+v", creations, requests)
	}
}

func TestAFileThatIsNotWhatItIsNamedIsRefusedBeforeAnyRequest(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	s.open(s.token(time.Hour))
	s.evaluate(`document.querySelector('media-upload').setAttribute('kinds', 'image')`)
	s.drop(s.file("offer.jpg", []byte("%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")))
	refused := s.awaitRow("offer.jpg", "refused")
	if len(refused.Codes) == 0 || !strings.Contains(refused.Text, "PDF") {
		t.Errorf("the row does not say why: %+v", refused)
	}
	if requests := s.proxy.seen(); len(requests) != 0 {
		t.Errorf("there were requests: %+v", requests)
	}
}

func TestAPersonPausesResumesAndCancels(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	content := notes(8 << 20)
	s.open(s.token(time.Hour))
	s.evaluate(`document.querySelector('media-upload').setAttribute('purpose', 'message')`)
	s.proxy.slow(2 << 20)
	s.drop(s.file("kept.txt", content), s.file("dropped.txt", notes(6<<20)))
	s.awaitRow("kept.txt", "uploading")
	s.press("kept.txt", "pause")
	s.awaitRow("kept.txt", "paused")
	s.awaitRow("dropped.txt", "uploading")
	s.press("dropped.txt", "cancel")
	s.press("kept.txt", "resume")
	s.proxy.slow(0)
	if done := s.awaitRow("kept.txt", "done"); done.Asset.SHA256 != digestOf(content) {
		t.Errorf("asset %+v", done.Asset)
	}
	if got := s.sandbox.Calls(sandbox.OpUploadMedia); got != 1 {
		t.Errorf("%d files were relayed, want the one that was kept", got)
	}
}

// notes is a text of a size, whose every line is its own.
func notes(size int) []byte {
	var b bytes.Buffer
	for i := 0; b.Len() < size; i++ {
		b.WriteString(time.Unix(int64(i)*61, 0).UTC().Format(time.RFC1123) + " notes\n")
	}
	return b.Bytes()[:size]
}

func drawing(t *testing.T) []byte {
	t.Helper()
	picture := image.NewNRGBA(image.Rect(0, 0, 40, 30))
	for i := range picture.Pix {
		picture.Pix[i] = byte(i * 7)
	}
	picture.Set(0, 0, color.White)
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func digestOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
