package main

import (
	"fmt"
	"testing"
	"time"
)

// The page, the element and what is said of a file speak the language that is
// chosen, at once and together.
func TestBrowserChangesItsLanguage(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	s.open(s.token(time.Hour))
	s.until(`document.querySelector('media-upload').addFiles([new File(['<html><body>Hello</body></html>'], 'page.html')]).length === 1`)
	s.awaitRow("page.html", "refused")
	const live = `document.querySelector('media-upload').shadowRoot.querySelector('[role=status]').textContent`
	s.until(live + `.includes('page.html can\'t be sent')`)
	for _, said := range []struct{ lang, heading, button, reason string }{
		{"de", "Medien für WhatsApp, bereit zum Versand", "Dateien auswählen", "HTML-Dateien können Skripte ausführen."},
		{"es", "Multimedia para WhatsApp, listo para enviar", "Elegir archivos", "Los archivos HTML pueden ejecutar scripts"},
		{"pt", "Mídia para o WhatsApp, pronta para enviar", "Escolher arquivos", "Arquivos HTML podem executar scripts"},
		{"en", "Media for WhatsApp, ready to send", "Choose files", "HTML files can run scripts"},
	} {
		s.until(fmt.Sprintf(`(() => {
			const choice = document.getElementById('language')
			choice.value = %q
			return choice.dispatchEvent(new Event('change'))
		})()`, said.lang))
		s.until(fmt.Sprintf(`document.documentElement.lang.startsWith(%q) && document.querySelector('h1').textContent === %q`, said.lang, said.heading))
		s.until(fmt.Sprintf(`document.querySelector('media-upload').shadowRoot.querySelector('[part=browse]').innerText === %q`, said.button))
		s.until(fmt.Sprintf(`rowNode('page.html').innerText.includes(%q)`, said.reason))
		if left := value[string](s, live); left != "" {
			t.Errorf("in %s the live region still has %q", said.lang, left)
		}
	}
}
