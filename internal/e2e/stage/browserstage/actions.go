package browserstage

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"mediarelay/internal/e2e/stage"
)

// ExpireUploads deletes every upload from the server, as the sweep does after a day.
func (s *Stage) ExpireUploads() {
	s.Helper()
	for _, h := range s.Server.Uploads() {
		r, err := http.NewRequestWithContext(s.Context(), http.MethodDelete, s.Server.URL()+"/files/"+h.ID, http.NoBody)
		s.Must(err)
		r.Header.Set("Tus-Resumable", "1.0.0")
		r.Header.Set("Authorization", "Bearer "+s.Token(time.Hour))
		answer, err := http.DefaultClient.Do(r)
		s.Must(err)
		answer.Body.Close()
		if answer.StatusCode != http.StatusNoContent {
			s.Fatalf("DELETE answers %s", answer.Status)
		}
	}
}

// AwaitBytes waits until the server has acknowledged some bytes of a file.
func (s *Stage) AwaitBytes(name string) {
	s.Helper()
	s.Until(fmt.Sprintf(`document.querySelector('media-upload').files.some(file => file.name === %q && file.bytesAccepted > 0)`, name))
}

// Begin opens the page for messages and drops a text file of a size in bytes.
func (s *Stage) Begin(name string, size int) []byte {
	s.Helper()
	s.OpenForMessages()
	content := stage.Notes(size)
	s.Drop(s.File(name, content))
	return content
}

// SendThrough sends a file through the scripted faults to its end.
func (s *Stage) SendThrough(size int) {
	s.Helper()
	content := s.Begin("notes.txt", size)
	s.WantIntact("notes.txt", content)
	s.WantOneUpload()
	s.WantNoError()
}

// Eventually waits for a condition outside the page.
func (s *Stage) Eventually(holds func() error) {
	s.Helper()
	var err error
	for deadline := time.Now().Add(PageTimeout); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if err = holds(); err == nil {
			return
		}
	}
	s.Fatalf("%v; requests: %s", err, s.Proxy.Story())
}

// OpenForMessages opens the page with the purpose message alone, and records the reasons
// of upload-retry.
func (s *Stage) OpenForMessages() {
	s.Helper()
	s.Open(s.Token(time.Hour))
	s.Evaluate(`window.retries = []
		const element = document.querySelector('media-upload')
		element.addEventListener('upload-retry', event => retries.push(event.detail.reason))
		element.setAttribute('purpose', 'message')`)
}

// TokenLeeway is how long after its expiry the server accepts a token.
const TokenLeeway = 30 * time.Second

// GiveTokens makes the page's getToken return tokens one after the other, and then the
// last one, and records why it is called.
func (s *Stage) GiveTokens(tokens ...string) {
	s.Helper()
	s.Evaluate(fmt.Sprintf(`window.asked = []
		const tokens = %s
		document.querySelector('media-upload').getToken = async ({ reason }) => tokens[Math.min(asked.push(reason), tokens.length) - 1]`,
		fmt.Sprintf("[%s]", `"`+strings.Join(tokens, `","`)+`"`)))
}

// ForMessages sets the purpose message, which the vectors assume.
func (s *Stage) ForMessages(autoStart bool) {
	s.Helper()
	s.Evaluate(fmt.Sprintf(`const element = document.querySelector('media-upload')
		element.setAttribute('purpose', 'message')
		element.toggleAttribute('auto-start', %t)`, autoStart))
}
