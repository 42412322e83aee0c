package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"mediarelay/web"
)

// A portal of another origin that serves the widget's files itself: its worker
// talks to the media server across origins.

const portalPage = `<!doctype html><title>Portal</title><script type="module" src="/widget/media-upload.js"></script>
<media-upload endpoint="%s" purpose="message" multiple auto-start></media-upload>`

// onPortal opens the portal's page, whose server the media server allows.
func onPortal(t *testing.T) *stage {
	t.Helper()
	var s *stage
	files := http.FileServerFS(web.Files())
	portal := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/portal" {
			files.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, portalPage, s.proxy.url)
	}))
	t.Cleanup(portal.Close)
	s = onStageAs(t, setting{variables: map[string]string{"MEDIARELAY_ALLOWED_ORIGINS": portal.URL}})
	s.visit(portal.URL + "/portal")
	s.giveTokens(s.token(time.Hour))
	return s
}

func TestAPortalOfAnotherOriginUploads(t *testing.T) {
	t.Parallel()
	s := onPortal(t)
	s.proxy.wrong(&fault{name: "a cut", meets: method(http.MethodPatch), times: 1, act: cutAfter(1000)})
	content := notes(3 << 20)
	s.drop(s.file("notes.txt", content))
	s.wantSafe("notes.txt", content)
	s.wantOneUpload()
	s.wantNoError()
}

// A proxy that takes Access-Control-Expose-Headers away hides what tus needs: the
// header is named, where a browser itself would say "network error".
func TestAHeaderThatIsNotExposedIsNamed(t *testing.T) {
	t.Parallel()
	s := onPortal(t)
	hidden := s.proxy.wrong(&fault{name: "no Access-Control-Expose-Headers", meets: method(http.MethodPost, http.MethodPatch, http.MethodHead), act: strip("Access-Control-Expose-Headers")})
	content := notes(3 << 20)
	s.drop(s.file("notes.txt", content))
	failed := s.awaitRow("notes.txt", "failed")
	if len(failed.Codes) != 1 || failed.Codes[0] != "cors-expose" {
		t.Errorf("the row names %v", failed.Codes)
	}
	said := value[string](s, `rowNode("notes.txt").textContent`)
	if told := s.told("upload-error"); len(told) != 1 || told[0].Code != "cors-expose" {
		t.Errorf("upload-error: %+v", told)
	}
	if !strings.Contains(said, "Location") && !strings.Contains(said, "Upload-Offset") {
		t.Errorf("the row does not name the header: %q", said)
	}
	s.proxy.right(hidden)
	s.press("notes.txt", "retry")
	s.wantSafe("notes.txt", content)
}
