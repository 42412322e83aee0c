package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/sandbox"
)

// A provider that does not let the account in: the server goes on trying, and
// the row says why nothing seems to happen.
func TestARowSaysWhatHoldsTheHandOverUp(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	s.sandbox.Faults().Add(sandbox.OpUploadMedia, sandbox.Answer(http.StatusUnauthorized, http.Header{"Content-Type": {"application/json"}},
		`{"meta":{"success":false,"http_code":401,"developer_message":"Invalid api_key"}}`))
	s.openForMessages()
	s.drop(s.file("offer.txt", notes(1<<10)))
	s.until(`row("offer.txt").Codes?.length > 0`)
	shown := s.row("offer.txt")
	if shown.State != "relaying" || !slices.Equal(shown.Codes, []string{"provider_account"}) {
		t.Errorf("the row is %s and names %v", shown.State, shown.Codes)
	}
	for _, want := range []string{"can't access WhatsApp's media service. Your file is saved", "Will retry automatically"} {
		if !strings.Contains(shown.Text, want) {
			t.Errorf("the row says %q, want it to say %q", shown.Text, want)
		}
	}
	if strings.Contains(shown.Text, "API key") {
		t.Errorf("what experts want to know stands in everybody's way: %q", shown.Text)
	}
	if reasons := value[[]string](s, `retries`); !slices.Equal(reasons, []string{"provider_account"}) {
		t.Errorf("upload-retry fired for %q", reasons)
	}
	if unfired := s.sandbox.Faults().Unfired(); len(unfired) > 0 {
		t.Errorf("never happened: %v", unfired)
	}
}

func TestWhatHeldTheHandOverUpGoesWithIt(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	for range 2 {
		s.sandbox.Faults().Add(sandbox.OpUploadMedia, sandbox.HTML(http.StatusBadGateway))
	}
	s.openForMessages()
	content := notes(1 << 10)
	s.drop(s.file("offer.txt", content))
	s.until(`row("offer.txt").Codes?.includes("provider_unavailable")`)
	done := s.awaitRow("offer.txt", "done")
	if len(done.Codes) > 0 {
		t.Errorf("the row of a finished file names %v", done.Codes)
	}
	if done.Asset == nil || done.Asset.SHA256 != digestOf(content) {
		t.Errorf("asset %+v", done.Asset)
	}
	if reasons := value[[]string](s, `retries`); !slices.Equal(reasons, []string{"provider_unavailable"}) {
		t.Errorf("upload-retry fired for %q", reasons)
	}
	if unfired := s.sandbox.Faults().Unfired(); len(unfired) > 0 {
		t.Errorf("never happened: %v", unfired)
	}
}

// Nobody tries a file again that has failed, so neither the row nor the voice says
// so, in any language; a button does.
func TestAFailedRowPromisesNothing(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	for range 2 { // so often is a file sent that meets this code
		s.sandbox.Faults().Add(sandbox.OpUploadMedia, sandbox.Answer(http.StatusInternalServerError, nil, `{"error":{"message":"Unknown","code":1}}`))
	}
	s.openForMessages()
	s.drop(s.file("offer.txt", notes(1<<10)))
	s.until(`row("offer.txt").Text?.includes("Will retry automatically")`)
	s.awaitRow("offer.txt", "failed")
	s.until(`document.querySelector("media-upload").shadowRoot.querySelector("[role=status]").textContent.includes("offer.txt failed")`)
	said := value[string](s, `document.querySelector("media-upload").shadowRoot.querySelector("[role=status]").textContent`)
	if strings.Contains(said[strings.LastIndex(said, "failed"):], "again") {
		t.Errorf("the live region says %q", said)
	}
	for lang, want := range map[string]struct{ sentence, button, never string }{
		"en": {"didn't respond correctly. Your file is saved.", "Retry", "retry automatically"},
		"de": {"hat nicht richtig geantwortet. Ihre Datei ist gespeichert.", "Wiederholen", "automatisch"},
		"es": {"no respondió correctamente. Su archivo está guardado.", "Reintentar", "automáticamente"},
		"pt": {"não respondeu corretamente. Seu arquivo está salvo.", "Tentar de novo", "automática"},
	} {
		s.evaluate(fmt.Sprintf(`document.querySelector("media-upload").lang = %q`, lang))
		s.until(fmt.Sprintf(`row("offer.txt").Text.includes(%q)`, want.sentence))
		if text := s.row("offer.txt").Text; !strings.Contains(text, want.button) || strings.Contains(text, want.never) {
			t.Errorf("the row says %q", text)
		}
	}
	if unfired := s.sandbox.Faults().Unfired(); len(unfired) > 0 {
		t.Errorf("never happened: %v", unfired)
	}
}

// The bytes are the server's by then: the row can go, the hand-over cannot.
func TestAFileThatIsHandedOverIsHiddenInSoManyWords(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	slow := s.sandbox.Faults().Add(sandbox.OpUploadMedia, sandbox.Slow(64<<10)) // some seconds
	s.openForMessages()
	s.drop(s.file("offer.txt", notes(128<<10)))
	s.awaitRow("offer.txt", "relaying")
	<-slow.Fired()
	button := `rowNode("offer.txt").querySelector("[data-action=remove]")`
	for _, attribute := range []string{"title", "aria-label"} {
		if label := value[string](s, fmt.Sprintf(`%s.getAttribute(%q)`, button, attribute)); !strings.Contains(label, "transfer to WhatsApp continues") {
			t.Errorf("the button's %s is %q", attribute, label)
		}
	}
	s.press("offer.txt", "remove")
	s.awaitRow("offer.txt", "absent")
	s.until(`document.querySelector("media-upload").shadowRoot.querySelector("[role=status]").textContent.includes("transfer to WhatsApp continues")`)
	for deadline := time.Now().Add(10 * time.Second); len(s.sandbox.AllMedia()) == 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the file never reached the provider")
		}
	}
}

// openForMessages opens the page for messages alone, and notes the reasons of upload-retry.
func (s *stage) openForMessages() {
	s.Helper()
	s.open(s.token(time.Hour))
	s.evaluate(`window.retries = []
		const element = document.querySelector('media-upload')
		element.addEventListener('upload-retry', event => retries.push(event.detail.reason))
		element.setAttribute('purpose', 'message')`)
}
