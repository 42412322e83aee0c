package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
	"mediarelay/internal/e2e/stage/proxy"
	"mediarelay/web"
)

// portalPage is a portal of another origin that serves the widget's files itself. Its
// worker talks to the media server across origins.
const portalPage = `<!doctype html><title>Portal</title><script type="module" src="/widget/media-upload.js"></script>
<media-upload endpoint="%s" purpose="message" multiple auto-start></media-upload>`

// newPortal opens the portal's page. The media server allows its origin.
func newPortal(t *testing.T) *browserstage.Stage {
	t.Helper()
	var s *browserstage.Stage
	files := http.FileServerFS(web.Files())
	portal := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/portal" {
			files.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, portalPage, s.Proxy.URL)
	}))
	t.Cleanup(portal.Close)
	s = browserstage.NewWith(t, browserstage.Setting{Env: map[string]string{"MEDIARELAY_ALLOWED_ORIGINS": portal.URL}})
	s.Visit(portal.URL + "/portal")
	s.GiveTokens(s.Token(time.Hour))
	return s
}

func TestCrossOriginUpload(t *testing.T) {
	t.Parallel()
	s := newPortal(t)
	s.Proxy.Add(&proxy.Fault{Name: "a cut", Match: proxy.Method(http.MethodPatch), Times: 1, Act: proxy.CutAfter(1000)})
	content := stage.Notes(3 << 20)
	s.Drop(s.File("notes.txt", content))
	s.WantIntact("notes.txt", content)
	s.WantOneUpload()
	s.WantNoError()
}

// A proxy that removes Access-Control-Expose-Headers hides what tus needs. The row names
// the header, where a browser itself would report a network error.
func TestUnexposedHeaderIsReported(t *testing.T) {
	t.Parallel()
	s := newPortal(t)
	hidden := s.Proxy.Add(&proxy.Fault{Name: "no Access-Control-Expose-Headers", Match: proxy.Method(http.MethodPost, http.MethodPatch, http.MethodHead), Act: proxy.StripHeaders("Access-Control-Expose-Headers")})
	content := stage.Notes(3 << 20)
	s.Drop(s.File("notes.txt", content))
	failed := s.AwaitRow("notes.txt", "failed")
	if len(failed.Codes) != 1 || failed.Codes[0] != "cors-expose" {
		t.Errorf("the row names %v", failed.Codes)
	}
	said := browserstage.Value[string](s, `rowNode("notes.txt").textContent`)
	if told := s.Events("upload-error"); len(told) != 1 || told[0].Code != "cors-expose" {
		t.Errorf("upload-error: %+v", told)
	}
	if !strings.Contains(said, "Location") && !strings.Contains(said, "Upload-Offset") {
		t.Errorf("the row does not name the header: %q", said)
	}
	s.Proxy.Remove(hidden)
	s.Press("notes.txt", "retry")
	s.WantIntact("notes.txt", content)
}
