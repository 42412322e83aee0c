package browser

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
	"mediarelay/internal/e2e/stage/proxy"
)

// An error that is not final costs one retry, and no acknowledged byte.
func TestOneErrorResponseCostsOneRetry(t *testing.T) {
	problem := func(status int, code string) func(*proxy.Exchange) {
		return proxy.Respond(status, http.Header{"Content-Type": {"application/problem+json"}},
			fmt.Sprintf(`{"type":"about:blank","title":"Trouble","status":%d,"code":%q}`, status, code))
	}
	for i, trouble := range []struct {
		name string
		act  func(*proxy.Exchange)
	}{
		{"500", proxy.RespondHTML(http.StatusInternalServerError)},
		{"502", proxy.RespondHTML(http.StatusBadGateway)},
		{"503", proxy.RespondHTML(http.StatusServiceUnavailable)},
		{"504", proxy.RespondHTML(http.StatusGatewayTimeout)},
		{"409: the offset is another", problem(http.StatusConflict, "offset_mismatch")},
		{"423: another request holds the upload", problem(http.StatusLocked, "upload_locked")},
		{"429 with a second to wait", proxy.Respond(http.StatusTooManyRequests, http.Header{"Retry-After": {"1"}}, "")},
		{"404 of a gateway", proxy.RespondHTML(http.StatusNotFound)},
		{"413 of a gateway", proxy.RespondHTML(http.StatusRequestEntityTooLarge)},
	} {
		t.Run(trouble.name, func(t *testing.T) {
			stage.Sampled(t, i, 3)
			t.Parallel()
			s := browserstage.New(t)
			if strings.HasPrefix(trouble.name, "404") {
				s.Proxy.Add(&proxy.Fault{Name: "a cut", Match: proxy.Method(http.MethodPatch), Times: 1, Act: proxy.CutAfter(1000)})
				s.Proxy.Add(&proxy.Fault{Name: trouble.name, Match: proxy.Method(http.MethodHead), Times: 1, Act: trouble.act})
			} else {
				s.Proxy.Add(&proxy.Fault{Name: trouble.name, Match: proxy.Method(http.MethodPatch), Times: 1, Act: trouble.act})
			}
			s.SendThrough(3 << 20)
		})
	}
}

// Ten errors in a row: the row says why it waits, and a click or the network's return
// retries at once.
func TestTenServerErrorsInARow(t *testing.T) {
	stage.LongTest(t)
	t.Parallel()
	s := browserstage.New(t)
	const faults = 10
	s.Proxy.Add(&proxy.Fault{Name: "503", Match: proxy.Method(http.MethodHead, http.MethodPatch), Times: faults, Act: proxy.RespondHTML(http.StatusServiceUnavailable)})
	content := s.Begin("notes.txt", 3<<20)
	s.Until(`row("notes.txt").State === "waiting" && row("notes.txt").Text.includes("The server isn’t responding")`)
	s.Evaluate(`document.addEventListener('upload-retry', () => setTimeout(() => {
		if (told.length % 2) dispatchEvent(new Event('online'))
		else rowNode("notes.txt")?.querySelector('[data-action=retry]')?.click()
	}, 50))
	dispatchEvent(new Event('online'))`)
	s.WantIntact("notes.txt", content)
	s.WantOneUpload()
	s.WantNoError()
	if waits := s.Events("upload-retry"); len(waits) != faults {
		t.Errorf("upload-retry fired %d times, want %d: %+v", len(waits), faults, waits)
	}
}

// An upload that the server no longer has is created again, once, and the row says so.
func TestExpiredUploadIsRecreated(t *testing.T) {
	for _, gone := range []struct {
		name   string
		status int
	}{
		{"the server does not know it", http.StatusNotFound},
		{"the server says that it has expired", http.StatusGone},
	} {
		t.Run(gone.name, func(t *testing.T) {
			t.Parallel()
			s := browserstage.New(t)
			s.Proxy.SetRate(512 << 10)
			content := s.Begin("notes.txt", 3<<20)
			s.AwaitBytes("notes.txt")
			s.Press("notes.txt", "pause")
			s.AwaitRow("notes.txt", "paused")
			if gone.status == http.StatusGone {
				s.Proxy.Add(&proxy.Fault{Name: "410", Match: proxy.Method(http.MethodHead), Times: 1, Act: proxy.Respond(http.StatusGone,
					http.Header{"Content-Type": {"application/problem+json"}}, "")})
			}
			s.ExpireUploads()
			s.Proxy.SetRate(0)
			s.Evaluate(`window.notes = []
				new MutationObserver(() => notes.push(row("notes.txt").Text)).observe(list(), { subtree: true, childList: true, characterData: true })`)
			s.Press("notes.txt", "resume")
			s.WantIntact("notes.txt", content)
			s.WantNoError()
			if created := countCreations(s); created != 2 {
				t.Errorf("%d creations, want the first and one in its place: %s", created, s.Proxy.Story())
			}
			if done := s.Events("upload-success"); len(done) != 1 {
				t.Errorf("upload-success fired %d times", len(done))
			}
			if said := browserstage.Value[[]string](s, `notes`); !slices.ContainsFunc(said, func(text string) bool { return strings.Contains(text, "again") }) {
				t.Errorf("the row did not say that the upload starts again: %q", said)
			}
		})
	}
}

func countCreations(s *browserstage.Stage) int {
	s.Helper()
	count := 0
	for _, r := range s.RequestsWith(http.MethodPost) {
		if r.Path == "/files/" && r.Status == http.StatusCreated {
			count++
		}
	}
	return count
}

// A proxy that accepts bodies of at most a megabyte: chunks are halved until they pass,
// and later files start with that size.
func TestProxyBodyLimitIsRemembered(t *testing.T) {
	stage.LongTest(t)
	t.Parallel()
	s := browserstage.New(t)
	bound := s.Proxy.Add(&proxy.Fault{Name: "413", Match: proxy.LargerThan(1_000_000), Act: proxy.RespondHTML(http.StatusRequestEntityTooLarge)})
	s.SendThrough(4 << 20)
	learnt := s.Proxy.Fired(bound)
	again := stage.Notes(5 << 20)
	s.Drop(s.File("again.txt", again))
	s.WantIntact("again.txt", again)
	if now := s.Proxy.Fired(bound); now != learnt {
		t.Errorf("the second file met the limit %d times more", now-learnt)
	}
}

// A proxy that bars PATCH and DELETE: chunks and the end of a cancelled upload go as POST
// with an override, without a word to the user.
func TestProxyThatBarsMethods(t *testing.T) {
	t.Parallel()
	s := browserstage.New(t)
	s.Proxy.Add(&proxy.Fault{
		Name: "405", Match: proxy.Method(http.MethodPatch, http.MethodDelete), Act: proxy.RespondHTML(http.StatusMethodNotAllowed),
	})
	s.SendThrough(4 << 20)
	sent := slices.ContainsFunc(s.Proxy.Requests(), func(r proxy.Request) bool {
		return r.Method == http.MethodPost && r.Offset > 0 && r.Status == http.StatusNoContent
	})
	if !sent {
		t.Errorf("no chunk was sent as a POST: %s", s.Proxy.Story())
	}
}

// A permanent fault of a proxy is named, and a retry resumes once it is repaired.
func TestProxyThatBreaksTheProtocolIsReported(t *testing.T) {
	for _, spoilt := range []struct {
		name  string
		meets proxy.Match
		act   func(*proxy.Exchange)
		code  string
	}{
		{"it bars PATCH and its override", proxy.Chunk, proxy.RespondHTML(http.StatusMethodNotAllowed), "request_refused"},
		{"it strips Location", proxy.Creation, proxy.StripHeaders("Location"), "header_missing"},
		{"it strips Upload-Offset", proxy.Method(http.MethodPatch, http.MethodHead), proxy.StripHeaders("Upload-Offset"), "header_missing"},
	} {
		t.Run(spoilt.name, func(t *testing.T) {
			t.Parallel()
			s := browserstage.New(t)
			broken := s.Proxy.Add(&proxy.Fault{Name: spoilt.name, Match: spoilt.meets, Act: spoilt.act})
			s.OpenForMessages()
			content := stage.Notes(3 << 20)
			s.Drop(s.File("notes.txt", content))
			failed := s.AwaitRow("notes.txt", "failed")
			if !slices.Equal(failed.Codes, []string{spoilt.code}) {
				t.Errorf("the row names %v, want %s", failed.Codes, spoilt.code)
			}
			told := s.Events("upload-error")
			if len(told) != 1 || told[0].Code != spoilt.code || told[0].Message == "" {
				t.Errorf("upload-error: %+v", told)
			}
			s.Proxy.Remove(broken)
			s.Press("notes.txt", "retry")
			s.WantIntact("notes.txt", content)
		})
	}
}
