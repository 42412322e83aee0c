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

// The token expires while five files are uploading: getToken is called once, and every
// file resumes where it was.
func TestExpiredTokenIsRenewedOnceForAllFiles(t *testing.T) {
	t.Parallel()
	s := browserstage.New(t)
	first, second := s.Token(5*time.Second-browserstage.TokenLeeway), s.Token(time.Hour)
	s.Open(first)
	s.ForMessages(true)
	s.GiveTokens(first, second)
	s.Evaluate(`document.querySelector('media-upload').concurrency = 5`)
	s.Proxy.SetRate(384 << 10)
	files := map[string][]byte{}
	var paths []string
	for i := range 5 {
		name := fmt.Sprintf("notes %d.txt", i)
		files[name] = append(stage.Notes(3<<20), byte('0'+i))
		paths = append(paths, s.File(name, files[name]))
	}
	s.Drop(paths...)
	s.Until(`asked.length === 2`)
	s.Proxy.SetRate(4 << 20)
	total := int64(0)
	for name, content := range files {
		s.WantDone(name, content)
		total += int64(len(content))
	}
	s.WantNothingLeft()
	s.WantNoSecrets()
	s.WantNoError()
	if asked := browserstage.Value[[]string](s, `asked`); !slices.Equal(asked, []string{"missing", "expired"}) {
		t.Errorf("getToken was called with the reasons %v", asked)
	}
	if created := countCreations(s); created != len(files) {
		t.Errorf("%d creations for %d files", created, len(files))
	}
	refused := slices.DeleteFunc(s.Proxy.Requests(), func(r proxy.Request) bool { return r.Status != http.StatusUnauthorized })
	if len(refused) == 0 || len(refused) > len(files) {
		t.Errorf("%d requests had the expired token, want at most one for each file", len(refused))
	}
	s.WantChunksFromTheOffset()
}

// The token has expired when a paused file is resumed: nothing starts again.
func TestTokenExpiredWhilePaused(t *testing.T) {
	t.Parallel()
	s := browserstage.New(t)
	first, second := s.Token(4*time.Second-browserstage.TokenLeeway), s.Token(time.Hour)
	ended := time.Now().Add(5 * time.Second)
	s.Open(first)
	s.ForMessages(true)
	s.GiveTokens(first, second)
	s.Proxy.SetRate(512 << 10)
	content := stage.Notes(4 << 20)
	s.Drop(s.File("notes.txt", content))
	s.AwaitBytes("notes.txt")
	s.Press("notes.txt", "pause")
	s.AwaitRow("notes.txt", "paused")
	s.Until(fmt.Sprintf(`Date.now() > %d`, ended.UnixMilli()))
	s.Proxy.SetRate(0)
	s.Press("notes.txt", "resume")
	s.WantIntact("notes.txt", content)
	s.WantOneUpload()
	s.WantNoError()
	if asked := browserstage.Value[[]string](s, `asked`); !slices.Equal(asked, []string{"missing", "expired"}) {
		t.Errorf("getToken was called with the reasons %v", asked)
	}
}

// The page's own server is down, or slow: the row waits, says so, and continues.
func TestUploadWaitsForAToken(t *testing.T) {
	for i, page := range []struct{ name, getToken string }{
		{"getToken fails", `async () => { if (++asked < 3) throw new Error('down'); return good }`},
		{"getToken is slow", `() => new Promise(resolve => { asked++; setTimeout(() => resolve(good), 7000) })`},
		{"getToken returns an expired token", `async () => ++asked < 3 ? bad : good`},
	} {
		t.Run(page.name, func(t *testing.T) {
			stage.Sampled(t, i, 2)
			t.Parallel()
			s := browserstage.New(t)
			good, bad := s.Token(time.Hour), s.Token(-time.Hour)
			s.Open(good)
			s.ForMessages(true)
			s.Evaluate(fmt.Sprintf(`window.asked = 0
				const good = %q, bad = %q
				document.querySelector('media-upload').getToken = %s`, good, bad, page.getToken))
			content := stage.Notes(2 << 20)
			s.Drop(s.File("notes.txt", content))
			s.Until(`told.some(event => event.Type === 'auth-required')`)
			s.WantIntact("notes.txt", content)
			s.WantOneUpload()
			s.WantNoError()
		})
	}
}
