package browser

import (
	"bytes"
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

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
	"mediarelay/internal/e2e/stage/proxy"
	"mediarelay/internal/media"
	"mediarelay/internal/sandbox"
)

func TestDroppedFilesGetMediaIDAndHandle(t *testing.T) {
	t.Parallel()
	s := browserstage.New(t)
	clip, err := os.ReadFile("testdata/clip.mp4")
	s.Must(err)
	files := map[string][]byte{"holiday.jpg": stage.Photo(t), "logo größer.png": drawing(t), "clip.mp4": clip}
	paths := make([]string, 0, len(files))
	for name, content := range files {
		paths = append(paths, s.File(name, content))
	}
	s.Open(s.Token(time.Hour))
	s.Drop(paths...)
	for name, content := range files {
		done := s.AwaitRow(name, "done")
		if done.Asset == nil || done.Asset.SHA256 != stage.Digest(content) {
			t.Fatalf("%s: asset %+v", name, done.Asset)
		}
		held, ok := s.Sandbox.Media(media.MediaID(done.Asset.MediaID))
		if !ok || held.SHA256 != stage.Digest(content) {
			t.Errorf("%s: the provider holds %+v for media ID %s", name, held, done.Asset.MediaID)
		}
		if !slices.ContainsFunc(s.Sandbox.Handles(), func(h sandbox.Handle) bool {
			return string(h.Handle) == done.Asset.Handle && h.SHA256 == stage.Digest(content)
		}) {
			t.Errorf("%s: the provider gave no handle %q for these bytes", name, done.Asset.Handle)
		}
		if !strings.Contains(done.Text, done.Asset.MediaID) {
			t.Errorf("%s: the row does not show its media ID: %q", name, done.Text)
		}
	}
}

// A slow connection is cut in the middle, and the token expires on the way: one creation,
// every chunk from the offset that the server reported, and done.
func TestDisconnectAndTokenRenewalInOneUpload(t *testing.T) {
	stage.LongTest(t)
	t.Parallel()
	s := browserstage.New(t)
	content := stage.Notes(10 << 20)
	path := s.File("notes.txt", content)
	const leeway = 30 * time.Second
	first, second := s.Token(4*time.Second-leeway), s.Token(time.Hour) // the first expires after four of ten seconds
	s.Open(first)
	s.Evaluate(fmt.Sprintf(`window.asked = 0
		const element = document.querySelector('media-upload')
		element.getToken = async () => asked++ === 0 ? %q : %q
		element.setAttribute('purpose', 'message')`, first, second))
	s.Proxy.SetRate(1 << 20)
	s.Proxy.Add(&proxy.Fault{Name: "a cut in the middle", Match: proxy.CrossingByte(len(content) / 2), Times: 1, Act: proxy.CutAfter(1000)})
	s.Drop(path)
	s.WantIntact("notes.txt", content)
	requests := s.Proxy.Requests()
	if !slices.ContainsFunc(requests, func(r proxy.Request) bool { return r.Status == http.StatusUnauthorized }) {
		t.Errorf("the token did not expire during the upload: %+v", requests)
	}
	if asked := browserstage.Value[int](s, "asked"); asked != 2 {
		t.Errorf("getToken was called %d times, want once at the start and once to renew", asked)
	}
	browserstage.WantSteadyProgress(t, requests)
}

func TestMisnamedFileIsRefusedBeforeAnyRequest(t *testing.T) {
	t.Parallel()
	s := browserstage.New(t)
	s.Open(s.Token(time.Hour))
	s.Evaluate(`document.querySelector('media-upload').setAttribute('kinds', 'image')`)
	s.Drop(s.File("offer.jpg", []byte("%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")))
	refused := s.AwaitRow("offer.jpg", "refused")
	if len(refused.Codes) == 0 || !strings.Contains(refused.Text, "PDF") {
		t.Errorf("the row does not say why: %+v", refused)
	}
	if requests := s.Proxy.Requests(); len(requests) != 0 {
		t.Errorf("there were requests: %+v", requests)
	}
}

func TestPauseResumeAndCancel(t *testing.T) {
	t.Parallel()
	s := browserstage.New(t)
	content := stage.Notes(8 << 20)
	s.Open(s.Token(time.Hour))
	s.Evaluate(`document.querySelector('media-upload').setAttribute('purpose', 'message')`)
	s.Proxy.SetRate(2 << 20)
	s.Drop(s.File("kept.txt", content), s.File("dropped.txt", stage.Notes(6<<20)))
	s.AwaitRow("kept.txt", "uploading")
	s.Press("kept.txt", "pause")
	s.AwaitRow("kept.txt", "paused")
	s.AwaitRow("dropped.txt", "uploading")
	s.Press("dropped.txt", "cancel")
	s.Press("kept.txt", "resume")
	s.Proxy.SetRate(0)
	if done := s.AwaitRow("kept.txt", "done"); done.Asset.SHA256 != stage.Digest(content) {
		t.Errorf("asset %+v", done.Asset)
	}
	if got := s.Sandbox.Calls(sandbox.OpUploadMedia); got != 1 {
		t.Errorf("%d files were relayed, want the one that was kept", got)
	}
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
