package browser

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
)

// A link of somebody else that loads the page again, which discards the token in memory, does
// not replace the sign-in of the tab: the page asks, and sends nothing with the new token. If
// the person declines, it asks for their own link, with which the upload resumes.
func TestAnotherPersonsLinkAsksAfterThePageIsLoadedAgain(t *testing.T) {
	t.Parallel()
	s := browserstage.New(t)
	ana, bob := s.Token(time.Hour), s.TokenOf("bob", time.Hour)
	s.Open(ana)
	s.ForMessages(true)
	s.Proxy.SetRate(512 << 10)
	content := stage.Notes(3 << 20)
	s.Drop(s.File("of ana.txt", content))
	s.AwaitBytes("of ana.txt")
	loadAgain(s, bob)
	s.Until(questionOpen)
	wantNoTraceOfASignIn(s)
	for lang, words := range map[string][3]string{
		"de": {"Der Link ist für bob im Kanal acme.", "Diesen Link nicht verwenden", "Neuen Link verwenden"},
		"es": {"El enlace es para bob en el canal acme.", "No usar este enlace", "Usar el enlace nuevo"},
		"pt": {"O link é para bob no canal acme.", "Não usar este link", "Usar o novo link"},
		"en": {"The link is for bob in the channel acme.", "Don’t use this link", "Use the new link"},
	} {
		choosePageLanguage(s, lang)
		for i, id := range []string{"switch-to", "switch-keep", "switch-accept"} {
			s.Until(fmt.Sprintf(`document.getElementById(%q).innerText === %q`, id, words[i]))
		}
	}
	choosePageLanguage(s, "en")
	s.Until(`document.getElementById('switch-from').innerText.startsWith('In this tab, you were signed in')`)
	s.Evaluate(`document.getElementById('switch-keep').click()`)
	s.Until(`document.getElementById('sign-in-title').innerText === 'Open your own link again'`)
	if shown := browserstage.Value[bool](s, `!document.getElementById('session').hidden`); shown {
		t.Error("the page shows a sign-in")
	}
	s.Proxy.SetRate(0)
	followLink(s, ana)
	s.Until(sessionText + `.includes('signed in as ana')`)
	s.Until(`document.getElementById('sign-in').hidden && !` + questionOpen)
	s.WantDone("of ana.txt", content)
	wantOwner(s, "ana", ana, bob)
	s.WantNoSecrets()
}

// The tab remembers whom it asked for: after a switch the new person's link is no question
// and the earlier one's is, until the sign-in expires.
func TestTheTabRemembersItsLastSignIn(t *testing.T) {
	t.Parallel()
	s := browserstage.New(t)
	ana, bob := s.TokenOf("ana", time.Hour), s.TokenOf("bob", time.Hour)
	s.Open(ana)
	loadAgain(s, s.Token(2*time.Hour))
	s.Until(sessionText + `.includes('signed in as ana')`)
	loadAgain(s, bob)
	s.Until(questionOpen)
	s.Evaluate(`document.getElementById('switch-accept').click()`)
	s.Until(sessionText + `.includes('signed in as bob')`)
	loadAgain(s, bob)
	s.Until(sessionText + `.includes('signed in as bob')`)
	loadAgain(s, ana)
	s.Until(questionOpen)
	s.WantNoSecrets()
	s.Evaluate(`const [[key, text]] = Object.entries(sessionStorage)
		sessionStorage.setItem(key, JSON.stringify({ ...JSON.parse(text), expiresAt: Date.now() }))`)
	loadAgain(s, ana)
	s.Until(sessionText + `.includes('signed in as ana')`)
}

// loadAgain opens a link in the same tab as another site would, with a new document.
func loadAgain(s *browserstage.Stage, token string) {
	s.Helper()
	s.Must(s.Page().Navigate("about:blank"))
	s.Visit(s.Proxy.URL + "/#token=" + token)
}

// wantNoTraceOfASignIn wants the storage of the tab to have no part of a token and no name.
func wantNoTraceOfASignIn(s *browserstage.Stage) {
	s.Helper()
	stored := browserstage.Value[string](s, `JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie])`)
	for _, word := range []string{"ana", "bob", stage.Channel, "eyJ"} { // eyJ begins each part of a JWT
		if strings.Contains(stored, word) {
			s.Errorf("the browser stores %q in %s", word, stored)
		}
	}
}
