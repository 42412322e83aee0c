package browser

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
	"mediarelay/internal/e2e/stage/proxy"
)

type proxyPage struct {
	name string
	act  func(*proxy.Exchange)
}

// proxyPages are what proxies, gateways and networks answer in the server's place.
var proxyPages = []proxyPage{
	{"403", proxy.RespondHTML(http.StatusForbidden)},
	{"401", proxy.RespondHTML(http.StatusUnauthorized)},
	{"404", proxy.RespondHTML(http.StatusNotFound)},
	{"a page to sign in", proxy.RespondHTML(http.StatusOK)},
	{"a redirect", proxy.Respond(http.StatusFound, http.Header{"Location": {"/login"}}, "")},
	{"a redirect to another site", proxy.Respond(http.StatusFound, http.Header{"Location": {"https://login.invalid/"}}, "")},
}

// A page in place of the server's answer ends no upload, whatever its status: the upload
// waits, and resumes by itself.
func TestAProxysPageEndsNoUpload(t *testing.T) {
	for i, page := range proxyPages {
		for j, request := range []struct {
			name  string
			match proxy.Match
		}{
			{"creation", proxy.Creation},
			{"chunk", proxy.Chunk},
			{"offset", proxy.Method(http.MethodHead)},
		} {
			t.Run(page.name+" for a "+request.name, func(t *testing.T) {
				stage.Sampled(t, i+j, 3)
				t.Parallel()
				s := browserstage.New(t)
				if request.name == "offset" {
					s.Proxy.Add(&proxy.Fault{Name: "a cut", Match: proxy.Method(http.MethodPatch), Times: 1, Act: proxy.CutAfter(1000)})
				}
				s.Proxy.Add(&proxy.Fault{Name: page.name, Match: request.match, Times: 3, Act: page.act})
				s.OpenForMessages()
				s.GiveTokens(s.Token(time.Hour), s.Token(time.Hour))
				content := stage.Notes(3 << 20)
				s.Drop(s.File("notes.txt", content))
				s.WantIntact("notes.txt", content)
				s.WantOneUpload()
				s.WantNoError()
			})
		}
	}
}

// Nor does it end an upload that the server has: its stream of events and its state are
// behind the proxy's page for a while.
func TestAProxysPageEndsNoRelay(t *testing.T) {
	for i, page := range proxyPages {
		t.Run(page.name, func(t *testing.T) {
			stage.Sampled(t, i, 3)
			t.Parallel()
			s := browserstage.New(t)
			s.Proxy.Add(&proxy.Fault{Name: "events: " + page.name, Match: proxy.Events, Act: page.act})
			s.Proxy.Add(&proxy.Fault{Name: "state: " + page.name, Match: proxy.State, Times: 3, Act: page.act})
			s.OpenForMessages()
			s.GiveTokens(s.Token(time.Hour), s.Token(time.Hour))
			content := stage.Notes(8 << 10)
			s.Drop(s.File("notes.txt", content))
			s.WantIntact("notes.txt", content)
			s.WantNoError()
		})
	}
}

// Where the stream is blocked or held back, the uploads are asked for. Nobody is told of
// trouble, since there is none.
func TestUploadsEndWithoutAnEventStream(t *testing.T) {
	held := proxyPage{"a proxy that holds responses back", proxy.HoldBack}
	for i, fault := range slices.Concat(proxyPages, []proxyPage{held}) {
		t.Run(fault.name, func(t *testing.T) {
			stage.Sampled(t, i, 3)
			t.Parallel()
			s := browserstage.New(t)
			s.Proxy.Add(&proxy.Fault{Name: fault.name, Match: proxy.Events, Act: fault.act})
			s.OpenForMessages()
			const files = 3
			paths := make([]string, files)
			for i := range paths {
				paths[i] = s.File(fmt.Sprintf("notes%d.txt", i), stage.Notes(1<<10+i))
			}
			s.Drop(paths...)
			for i := range paths {
				if row := s.AwaitRow(fmt.Sprintf("notes%d.txt", i), "done"); row.Asset == nil || row.Asset.MediaID == "" {
					t.Errorf("file %d is done without a media ID: %+v", i, row)
				}
			}
			s.WantNoError()
			if waits := s.Events("upload-retry", "auth-required"); len(waits) > 0 {
				t.Errorf("the page was told of trouble: %+v", waits)
			}
		})
	}
}
