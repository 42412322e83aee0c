package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// The server, or what stands in front of it, answers what an upload does not
// want to hear.

// An answer that is no final word costs a try, and no byte that was safe.
func TestOneAnswerOfTroubleCostsNothing(t *testing.T) {
	problem := func(status int, code string) func(*crossing) {
		return answers(status, http.Header{"Content-Type": {"application/problem+json"}},
			fmt.Sprintf(`{"type":"about:blank","title":"Trouble","status":%d,"code":%q}`, status, code))
	}
	for _, trouble := range []struct {
		name string
		act  func(*crossing)
	}{
		{"500", html(http.StatusInternalServerError)},
		{"502", html(http.StatusBadGateway)},
		{"503", html(http.StatusServiceUnavailable)},
		{"504", html(http.StatusGatewayTimeout)},
		{"409: the offset is another", problem(http.StatusConflict, "offset_mismatch")},
		{"423: another request holds the upload", problem(http.StatusLocked, "upload_locked")},
		{"429 with a second to wait", answers(http.StatusTooManyRequests, http.Header{"Retry-After": {"1"}}, "")},
		{"404 of a gateway", html(http.StatusNotFound)},
		{"413 of a gateway", html(http.StatusRequestEntityTooLarge)},
	} {
		t.Run(trouble.name, func(t *testing.T) {
			t.Parallel()
			s := onStage(t)
			if strings.HasPrefix(trouble.name, "404") {
				s.proxy.wrong(&fault{name: "a cut", meets: method(http.MethodPatch), times: 1, act: cutAfter(1000)})
				s.proxy.wrong(&fault{name: trouble.name, meets: method(http.MethodHead), times: 1, act: trouble.act})
			} else {
				s.proxy.wrong(&fault{name: trouble.name, meets: method(http.MethodPatch), times: 1, act: trouble.act})
			}
			s.sendThrough(3 << 20)
		})
	}
}

// Ten faults in a row: the row says why it waits, and a click or the network's
// return tries at once.
func TestTenFaultsOfTheServerAreWaitedOut(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	const faults = 10
	s.proxy.wrong(&fault{name: "503", meets: method(http.MethodHead, http.MethodPatch), times: faults, act: html(http.StatusServiceUnavailable)})
	content := s.begin("notes.txt", 3<<20)
	s.until(`row("notes.txt").State === "waiting" && row("notes.txt").Text.includes("The server isn't responding")`)
	s.evaluate(`document.addEventListener('upload-retry', () => setTimeout(() => {
		if (told.length % 2) dispatchEvent(new Event('online'))
		else rowNode("notes.txt")?.querySelector('[data-action=retry]')?.click()
	}, 50))
	dispatchEvent(new Event('online'))`)
	s.wantSafe("notes.txt", content)
	s.wantOneUpload()
	s.wantNoError()
	if waits := s.told("upload-retry"); len(waits) != faults {
		t.Errorf("upload-retry was told %d times, want %d: %+v", len(waits), faults, waits)
	}
}

// An upload that the server no longer has is begun again: once, and with a word.
func TestAnUploadThatIsGoneIsBegunAgain(t *testing.T) {
	for _, gone := range []struct {
		name   string
		status int
	}{
		{"the server does not know it", http.StatusNotFound},
		{"the server says that it has expired", http.StatusGone},
	} {
		t.Run(gone.name, func(t *testing.T) {
			t.Parallel()
			s := onStage(t)
			s.proxy.slow(512 << 10)
			content := s.begin("notes.txt", 3<<20)
			s.awaitBytes("notes.txt")
			s.press("notes.txt", "pause")
			s.awaitRow("notes.txt", "paused")
			if gone.status == http.StatusGone {
				s.proxy.wrong(&fault{name: "410", meets: method(http.MethodHead), times: 1, act: answers(http.StatusGone,
					http.Header{"Content-Type": {"application/problem+json"}}, "")})
			}
			s.expire()
			s.proxy.slow(0)
			s.evaluate(`window.notes = []
				new MutationObserver(() => notes.push(row("notes.txt").Text)).observe(list(), { subtree: true, childList: true, characterData: true })`)
			s.press("notes.txt", "resume")
			s.wantSafe("notes.txt", content)
			s.wantNoError()
			if created := s.created(); created != 2 {
				t.Errorf("%d creations, want the first and one in its place: %s", created, s.proxy.story())
			}
			if done := s.told("upload-success"); len(done) != 1 {
				t.Errorf("upload-success was told %d times", len(done))
			}
			if said := value[[]string](s, `notes`); !slices.ContainsFunc(said, func(text string) bool { return strings.Contains(text, "again") }) {
				t.Errorf("nobody was told that it begins again: %q", said)
			}
		})
	}
}

// expire takes every upload away from the server, as the sweep does after a day.
func (s *stage) expire() {
	s.Helper()
	for _, h := range s.backstage.held() {
		r, err := http.NewRequest(http.MethodDelete, s.backstage.url()+"/files/"+h.ID, nil)
		s.must(err)
		r.Header.Set("Tus-Resumable", "1.0.0")
		r.Header.Set("Authorization", "Bearer "+s.token(time.Hour))
		answer, err := http.DefaultClient.Do(r)
		s.must(err)
		answer.Body.Close()
		if answer.StatusCode != http.StatusNoContent {
			s.Fatalf("DELETE answers %s", answer.Status)
		}
	}
}

func (s *stage) created() int {
	s.Helper()
	count := 0
	for _, r := range s.requests(http.MethodPost) {
		if r.path == "/files/" && r.status == http.StatusCreated {
			count++
		}
	}
	return count
}

// A proxy that takes bodies of a megabyte at most: chunks are halved until they
// pass, and later files begin with what passes.
func TestAProxyThatBoundsBodiesIsLearnt(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	bound := s.proxy.wrong(&fault{name: "413", meets: largerThan(1_000_000), act: html(http.StatusRequestEntityTooLarge)})
	s.sendThrough(4 << 20)
	learnt := s.proxy.happened(bound)
	again := notes(5 << 20)
	s.drop(s.file("again.txt", again))
	s.wantSafe("again.txt", again)
	if now := s.proxy.happened(bound); now != learnt {
		t.Errorf("the second file met the bound %d times more", now-learnt)
	}
}

// What a proxy spoils for good is named, and a retry goes on once it is mended.
func TestAProxyInTheWayIsNamed(t *testing.T) {
	for _, proxy := range []struct {
		name  string
		meets match
		act   func(*crossing)
		code  string
	}{
		{"it bars PATCH", method(http.MethodPatch), html(http.StatusMethodNotAllowed), "request_refused"},
		{"it strips Location", creation, strip("Location"), "header_missing"},
		{"it strips Upload-Offset", method(http.MethodPatch, http.MethodHead), strip("Upload-Offset"), "header_missing"},
		{"it lets nobody in", method(http.MethodPatch), html(http.StatusForbidden), "upload_forbidden"},
	} {
		t.Run(proxy.name, func(t *testing.T) {
			t.Parallel()
			s := onStage(t)
			spoilt := s.proxy.wrong(&fault{name: proxy.name, meets: proxy.meets, act: proxy.act})
			s.openForMessages()
			s.giveTokens(s.token(time.Hour), s.token(time.Hour)) // a gateway's 403 may be a token's end
			content := notes(3 << 20)
			s.drop(s.file("notes.txt", content))
			failed := s.awaitRow("notes.txt", "failed")
			if !slices.Equal(failed.Codes, []string{proxy.code}) {
				t.Errorf("the row names %v, want %s", failed.Codes, proxy.code)
			}
			told := s.told("upload-error")
			if len(told) != 1 || told[0].Code != proxy.code || told[0].Message == "" {
				t.Errorf("upload-error: %+v", told)
			}
			s.proxy.right(spoilt)
			s.press("notes.txt", "retry")
			s.wantSafe("notes.txt", content)
		})
	}
}
