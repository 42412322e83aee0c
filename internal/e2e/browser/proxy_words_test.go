package browser

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
	"mediarelay/internal/e2e/stage/proxy"
)

// What a captive portal, a firewall or a gateway answers is never shown as the server's
// words, whatever it claims to be, and the upload resumes when it is gone.
func TestAProxysWordsAreNeverShown(t *testing.T) {
	for i, c := range []struct {
		name, contentType, body string
		status                  int
		meets                   proxy.Match
	}{
		{"a captive portal in place of a creation", "text/html", "<h1>Hotel Wi-Fi</h1>", http.StatusOK, proxy.Creation},
		{"a captive portal in place of a chunk", "text/html", "<h1>Hotel Wi-Fi</h1>", http.StatusOK, proxy.Chunk},
		{"a gateway's problem", "application/problem+json", `{"type":"about:blank","title":"Hotel Wi-Fi: pay first","status":403}`, http.StatusForbidden, proxy.Creation},
		{"markup in a problem", "application/problem+json", `{"code":"hotel_wifi","title":"<b>Hotel Wi-Fi</b>"}`, http.StatusBadRequest, proxy.Creation},
		{"JSON of another kind", "application/json", `{"code":"token_expired","title":"Hotel Wi-Fi"}`, http.StatusForbidden, proxy.Chunk},
		{"an error page", "text/html", "<title>Hotel Wi-Fi: 502</title>", http.StatusBadGateway, proxy.Chunk},
	} {
		t.Run(c.name, func(t *testing.T) {
			stage.Sampled(t, i, 3)
			t.Parallel()
			s := browserstage.New(t)
			fault := s.Proxy.Add(&proxy.Fault{Name: c.name, Match: c.meets, Act: proxy.Respond(c.status, http.Header{"Content-Type": {c.contentType}}, c.body)})
			s.OpenForMessages()
			s.GiveTokens(s.Token(time.Hour), s.Token(time.Hour)) // a gateway's 403 may be a token's end
			s.Evaluate(`window.seen = []; new MutationObserver(() => seen.push(list().textContent)).observe(list(), { subtree: true, childList: true, characterData: true })`)
			content := stage.Notes(3 << 20)
			s.Drop(s.File("notes.txt", content))
			s.Eventually(func() error {
				if s.Proxy.Fired(fault) == 0 {
					return errors.New("the proxy has not answered")
				}
				return nil
			})
			s.Until(`['waiting', 'failed'].includes(row("notes.txt").State)`)
			s.Proxy.Remove(fault)
			if c.status != http.StatusBadRequest { // with a code of a server's it is final
				s.Evaluate(`document.querySelector('media-upload').retry()`)
				s.WantIntact("notes.txt", content)
			}
			shown := strings.Join(browserstage.Value[[]string](s, `seen`), "\n")
			for _, event := range s.Events("upload-error") {
				shown += event.Message
			}
			if strings.Contains(shown, "Hotel") {
				t.Error("the element shows the proxy's words")
			}
		})
	}
}
