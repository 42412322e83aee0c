package browserstage

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"mediarelay/internal/e2e/stage"
)

// expire takes every upload away from the server, as the sweep does after a day.
func (s *Stage) ExpireUploads() {
	s.Helper()
	for _, h := range s.Server.Uploads() {
		r, err := http.NewRequest(http.MethodDelete, s.Server.URL()+"/files/"+h.ID, nil)
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

// awaitBytes waits until the server has acknowledged some of a file.
func (s *Stage) AwaitBytes(name string) {
	s.Helper()
	s.Until(fmt.Sprintf(`document.querySelector('media-upload').files.some(file => file.name === %q && file.bytesAccepted > 0)`, name))
}

// begin drops a file for messages on the page.
func (s *Stage) Begin(name string, size int) []byte {
	s.Helper()
	s.OpenForMessages()
	content := stage.Notes(size)
	s.Drop(s.File(name, content))
	return content
}

// sendThrough sends a file through what the script holds, to its end.
func (s *Stage) SendThrough(size int) {
	s.Helper()
	content := s.Begin("notes.txt", size)
	s.WantIntact("notes.txt", content)
	s.WantOneUpload()
	s.WantNoError()
}

// eventually waits for what is not in the page.
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

// openForMessages opens the page for messages alone, and notes the reasons of upload-retry.
func (s *Stage) OpenForMessages() {
	s.Helper()
	s.Open(s.Token(time.Hour))
	s.Evaluate(`window.retries = []
		const element = document.querySelector('media-upload')
		element.addEventListener('upload-retry', event => retries.push(event.detail.reason))
		element.setAttribute('purpose', 'message')`)
}

// leeway is how long after its end the server still takes a token.
const TokenLeeway = 30 * time.Second

// giveTokens lets the page hand out tokens one after the other, the last one for
// ever, and counts how often it is asked.
func (s *Stage) GiveTokens(tokens ...string) {
	s.Helper()
	s.Evaluate(fmt.Sprintf(`window.asked = []
		const tokens = %s
		document.querySelector('media-upload').getToken = async ({ reason }) => tokens[Math.min(asked.push(reason), tokens.length) - 1]`,
		fmt.Sprintf("[%s]", `"`+strings.Join(tokens, `","`)+`"`)))
}

// forMessages sets the element as the vectors assume it.
func (s *Stage) ForMessages(autoStart bool) {
	s.Helper()
	s.Evaluate(fmt.Sprintf(`const element = document.querySelector('media-upload')
		element.setAttribute('purpose', 'message')
		element.toggleAttribute('auto-start', %t)`, autoStart))
}
