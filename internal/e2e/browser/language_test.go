package browser

import (
	"fmt"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage/browserstage"
)

// The page, the element and the messages about a file change to the chosen language
// together.
func TestLanguageSwitch(t *testing.T) {
	t.Parallel()
	s := browserstage.New(t)
	s.Open(s.Token(time.Hour))
	s.Until(`document.querySelector('media-upload').addFiles([new File(['<html><body>Hello</body></html>'], 'page.html')]).length === 1`)
	s.AwaitRow("page.html", "refused")
	const live = `document.querySelector('media-upload').shadowRoot.querySelector('[role=status]').textContent`
	s.Until(live + `.includes('page.html can’t be sent')`)
	for _, said := range []struct{ lang, heading, button, reason string }{
		{"de", "Medien für WhatsApp, bereit zum Versand", "Dateien auswählen", "HTML-Dateien können Skripte ausführen."},
		{"es", "Multimedia para WhatsApp, listo para enviar", "Elegir archivos", "Los archivos HTML pueden ejecutar scripts"},
		{"pt", "Mídia para o WhatsApp, pronta para enviar", "Escolher arquivos", "Arquivos HTML podem executar scripts"},
		{"en", "Media for WhatsApp, ready to send", "Choose files", "HTML files can run scripts"},
	} {
		s.Until(fmt.Sprintf(`(() => {
			const choice = document.getElementById('language')
			choice.value = %q
			return choice.dispatchEvent(new Event('change'))
		})()`, said.lang))
		s.Until(fmt.Sprintf(`document.documentElement.lang.startsWith(%q) && document.querySelector('h1').textContent === %q`, said.lang, said.heading))
		s.Until(fmt.Sprintf(`document.querySelector('media-upload').shadowRoot.querySelector('[part=browse]').innerText === %q`, said.button))
		s.Until(fmt.Sprintf(`rowNode('page.html').innerText.includes(%q)`, said.reason))
		if left := browserstage.Value[string](s, live); left != "" {
			t.Errorf("in %s the live region still has %q", said.lang, left)
		}
	}
}
