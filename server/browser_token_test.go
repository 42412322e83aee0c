package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// leeway is how long after its end the server still takes a token.
const leeway = 30 * time.Second

// giveTokens lets the page hand out tokens one after the other, the last one for
// ever, and counts how often it is asked.
func (s *stage) giveTokens(tokens ...string) {
	s.Helper()
	s.evaluate(fmt.Sprintf(`window.asked = []
		const tokens = %s
		document.querySelector('media-upload').getToken = async ({ reason }) => tokens[Math.min(asked.push(reason), tokens.length) - 1]`,
		fmt.Sprintf("[%s]", `"`+strings.Join(tokens, `","`)+`"`)))
}

// The token ends while five files are on their way: the page is asked once, and
// every file goes on where it was.
func TestATokenThatEndsIsRenewedOnceForAllFiles(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	first, second := s.token(5*time.Second-leeway), s.token(time.Hour)
	s.open(first)
	s.forMessages(true)
	s.giveTokens(first, second)
	s.evaluate(`document.querySelector('media-upload').concurrency = 5`)
	s.proxy.slow(384 << 10)
	files := map[string][]byte{}
	var paths []string
	for i := range 5 {
		name := fmt.Sprintf("notes %d.txt", i)
		files[name] = append(notes(3<<20), byte('0'+i))
		paths = append(paths, s.file(name, files[name]))
	}
	s.drop(paths...)
	s.until(`asked.length === 2`)
	s.proxy.slow(4 << 20)
	total := int64(0)
	for name, content := range files {
		s.wantDone(name, content)
		total += int64(len(content))
	}
	s.wantNothingLeft()
	s.wantNoSecrets()
	s.wantNoError()
	if asked := value[[]string](s, `asked`); !slices.Equal(asked, []string{"missing", "expired"}) {
		t.Errorf("the page was asked for a token because it was %v", asked)
	}
	if created := s.created(); created != len(files) {
		t.Errorf("%d creations for %d files", created, len(files))
	}
	refused := slices.DeleteFunc(s.proxy.seen(), func(r passed) bool { return r.status != http.StatusUnauthorized })
	if len(refused) == 0 || len(refused) > len(files) {
		t.Errorf("%d requests met the token's end, want one a file at most", len(refused))
	}
	s.wantChunksFromTheOffset()
}

// wantChunksFromTheOffset wants every chunk of every upload to begin where the server last said.
func (s *stage) wantChunksFromTheOffset() {
	s.Helper()
	byUpload := map[string][]passed{}
	for _, r := range s.proxy.seen() {
		if strings.HasPrefix(r.path, "/files/") && r.path != "/files/" {
			byUpload[r.path] = append(byUpload[r.path], r)
		}
	}
	for path, requests := range byUpload {
		known := int64(-1)
		for _, r := range requests {
			if r.method == http.MethodPatch && known >= 0 && r.offset != known {
				s.Errorf("%s: a chunk began at %d where the server had said %d", path, r.offset, known)
			}
			if r.reached >= 0 {
				known = r.reached
			}
		}
	}
}

// The token has ended when a paused file goes on: nothing begins anew.
func TestATokenThatHasEndedAtResumeCostsNothing(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	first, second := s.token(4*time.Second-leeway), s.token(time.Hour)
	ended := time.Now().Add(5 * time.Second)
	s.open(first)
	s.forMessages(true)
	s.giveTokens(first, second)
	s.proxy.slow(512 << 10)
	content := notes(4 << 20)
	s.drop(s.file("notes.txt", content))
	s.awaitBytes("notes.txt")
	s.press("notes.txt", "pause")
	s.awaitRow("notes.txt", "paused")
	s.until(fmt.Sprintf(`Date.now() > %d`, ended.UnixMilli()))
	s.proxy.slow(0)
	s.press("notes.txt", "resume")
	s.wantSafe("notes.txt", content)
	s.wantOneUpload()
	s.wantNoError()
	if asked := value[[]string](s, `asked`); !slices.Equal(asked, []string{"missing", "expired"}) {
		t.Errorf("the page was asked for a token because it was %v", asked)
	}
}

// The page's own server is down, or slow: the row waits, says so, and goes on.
func TestATokenThatCannotBeHadIsWaitedFor(t *testing.T) {
	for _, page := range []struct{ name, getToken string }{
		{"getToken fails", `async () => { if (++asked < 3) throw new Error('down'); return good }`},
		{"getToken is slow", `() => new Promise(resolve => { asked++; setTimeout(() => resolve(good), 7000) })`},
		{"getToken gives what nobody takes", `async () => ++asked < 3 ? bad : good`},
	} {
		t.Run(page.name, func(t *testing.T) {
			t.Parallel()
			s := onStage(t)
			good, bad := s.token(time.Hour), s.token(-time.Hour)
			s.open(good)
			s.forMessages(true)
			s.evaluate(fmt.Sprintf(`window.asked = 0
				const good = %q, bad = %q
				document.querySelector('media-upload').getToken = %s`, good, bad, page.getToken))
			content := notes(2 << 20)
			s.drop(s.file("notes.txt", content))
			s.until(`told.some(event => event.Type === 'auth-required')`)
			s.wantSafe("notes.txt", content)
			s.wantOneUpload()
			s.wantNoError()
		})
	}
}
