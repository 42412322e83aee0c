package browser

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
)

const (
	sessionText  = `document.getElementById('session').innerText`
	questionOpen = `document.getElementById('switch').open`
)

// The page says whose link it is, in its own language, before anything is sent.
func TestThePageSaysWhoseLinkItIs(t *testing.T) {
	t.Parallel()
	s := browserstage.New(t)
	s.Open(s.TokenOf("ada@example.com <b>", time.Hour))
	for _, said := range []struct{ lang, text string }{
		{"en", "Channel acme, signed in as ada@example.com <b>"},
		{"de", "Kanal acme, angemeldet als ada@example.com <b>"},
		{"es", "Canal acme, sesión de ada@example.com <b>"},
		{"pt", "Canal acme, sessão de ada@example.com <b>"},
	} {
		choosePageLanguage(s, said.lang)
		s.Until(fmt.Sprintf(`%s.includes(%q)`, sessionText, said.text))
	}
	if requests := countCreations(s); requests != 0 {
		t.Errorf("%d creations before a file was chosen", requests)
	}
}

func choosePageLanguage(s *browserstage.Stage, lang string) {
	s.Helper()
	s.Evaluate(fmt.Sprintf(`const choice = document.getElementById('language')
		choice.value = %q
		choice.dispatchEvent(new Event('change'))`, lang))
}

// A link of somebody else does not replace a running sign-in: the page asks, and sends
// nothing with the new token until it is told to switch.
func TestAnotherPersonsLinkAsksFirst(t *testing.T) {
	t.Parallel()
	s := browserstage.New(t)
	ana, bob := s.Token(time.Hour), s.TokenOf("bob", time.Hour)
	s.Open(ana)
	s.ForMessages(true)
	s.Proxy.SetRate(1 << 20)
	content := stage.Notes(3 << 20)
	s.Drop(s.File("of ana.txt", content))
	s.AwaitBytes("of ana.txt")
	followLink(s, bob)
	s.Until(questionOpen)
	if hash := browserstage.Value[string](s, `location.hash`); hash != "" {
		t.Errorf("the address still ends in %q", hash)
	}
	for lang, words := range map[string]string{
		"de": "Der Link ist für bob im Kanal acme.", "es": "El enlace es para bob en el canal acme.",
		"pt": "O link é para bob no canal acme.", "en": "The link is for bob in the channel acme.",
	} {
		choosePageLanguage(s, lang)
		s.Until(fmt.Sprintf(`document.getElementById('switch-to').innerText === %q`, words))
	}
	choosePageLanguage(s, "en")
	s.Until(`document.querySelector('#switch form button').innerText === 'Stay signed in'`)
	s.Evaluate(`document.querySelector('#switch form button').click()`)
	s.Until(`!` + questionOpen)
	s.Proxy.SetRate(0)
	s.WantDone("of ana.txt", content)
	s.Until(sessionText + `.includes('signed in as ana')`)
	wantOwner(s, "ana", ana, bob)
}

// The person switches in the middle of an upload: it stops, and the same file is another
// upload of the other person.
func TestTheSameFileOfTwoPeople(t *testing.T) {
	t.Parallel()
	s := browserstage.New(t)
	ana, bob := s.Token(time.Hour), s.TokenOf("bob", time.Hour)
	s.Open(ana)
	s.ForMessages(true)
	s.Proxy.SetRate(512 << 10)
	content := stage.Notes(3 << 20)
	file := s.File("same.txt", content)
	s.Drop(file)
	s.AwaitBytes("same.txt")

	followLink(s, bob)
	s.Until(questionOpen)
	s.Evaluate(`document.getElementById('switch-accept').click()`)
	s.Until(sessionText + `.includes('signed in as bob')`)
	s.AwaitRow("same.txt", "failed")
	wantOwner(s, "ana", ana, bob)
	s.Proxy.SetRate(0)
	s.Drop(file)
	s.Until(`told.some(event => event.Type === 'upload-success')`)
	wantOwner(s, "bob", bob, ana)
	uploads := s.Server.Uploads()
	if len(uploads) != 2 || uploads[0].State != "uploading" || uploads[1].SHA256 != stage.Digest(content) {
		t.Errorf("the server has %+v, want ana's unfinished upload and bob's whole one", uploads)
	}
	if open := browserstage.Value[bool](s, questionOpen); open {
		t.Error("the question is open again")
	}
	s.WantNoSecrets()
}

// A new link of the same person is a renewal, also after the old one has expired.
func TestANewLinkOfTheSamePersonIsNoQuestion(t *testing.T) {
	t.Parallel()
	s := browserstage.New(t)
	s.OpenForMessages()
	for _, token := range []string{s.Token(time.Hour), s.Token(-time.Hour), s.Token(2 * time.Hour)} {
		followLink(s, token)
		s.Until(`location.hash === ''`)
		if open := browserstage.Value[bool](s, questionOpen); open {
			t.Error("the page asks")
		}
	}
	s.Until(sessionText + `.includes('link valid for 2 hours')`)
	followLink(s, s.Token(-time.Hour))
	s.Until(`!document.getElementById('sign-in').hidden`)
	followLink(s, s.TokenOf("bob", time.Hour))
	s.Until(questionOpen) // ana's uploads may wait for her next link
}

// wantOwner wants the newest upload to be that of one token and to be unknown to the other.
func wantOwner(s *browserstage.Stage, name, own, other string) {
	s.Helper()
	uploads := s.Server.Uploads()
	newest := uploads[len(uploads)-1]
	for token, want := range map[string]int{own: http.StatusOK, other: http.StatusNotFound} {
		r, err := http.NewRequestWithContext(s.Context(), http.MethodGet, s.Server.URL()+"/v1/uploads/"+newest.ID, http.NoBody)
		s.Must(err)
		r.Header.Set("Authorization", "Bearer "+token)
		answer, err := http.DefaultClient.Do(r)
		s.Must(err)
		answer.Body.Close()
		if answer.StatusCode != want {
			s.Errorf("the upload of %s: %s, want %d", name, answer.Status, want)
		}
	}
}
