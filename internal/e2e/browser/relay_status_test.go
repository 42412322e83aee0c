package browser

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
	"mediarelay/internal/sandbox"
)

// The provider rejects the account: the server retries, and the row says why nothing seems
// to happen.
func TestRowShowsWhyRelayIsWaiting(t *testing.T) {
	t.Parallel()
	s := browserstage.New(t)
	s.Sandbox.Faults().Add(sandbox.OpUploadMedia, sandbox.Answer(http.StatusUnauthorized, http.Header{"Content-Type": {"application/json"}},
		`{"meta":{"success":false,"http_code":401,"developer_message":"Invalid api_key"}}`))
	s.OpenForMessages()
	s.Drop(s.File("offer.txt", stage.Notes(1<<10)))
	s.Until(`row("offer.txt").Codes?.length > 0`)
	shown := s.Row("offer.txt")
	if shown.State != "relaying" || !slices.Equal(shown.Codes, []string{"provider_account"}) {
		t.Errorf("the row is %s and names %v", shown.State, shown.Codes)
	}
	for _, want := range []string{"can’t access WhatsApp’s media service. Your file is saved", "Will retry automatically"} {
		if !strings.Contains(shown.Text, want) {
			t.Errorf("the row says %q, want it to say %q", shown.Text, want)
		}
	}
	if strings.Contains(shown.Text, "API key") {
		t.Errorf("the row shows details for experts: %q", shown.Text)
	}
	if reasons := browserstage.Value[[]string](s, `retries`); !slices.Equal(reasons, []string{"provider_account"}) {
		t.Errorf("upload-retry fired for %q", reasons)
	}
	if unfired := s.Sandbox.Faults().Unfired(); len(unfired) > 0 {
		t.Errorf("faults that never fired: %v", unfired)
	}
}

func TestRelayWaitReasonIsCleared(t *testing.T) {
	t.Parallel()
	s := browserstage.New(t)
	for range 2 {
		s.Sandbox.Faults().Add(sandbox.OpUploadMedia, sandbox.HTML(http.StatusBadGateway))
	}
	s.OpenForMessages()
	content := stage.Notes(1 << 10)
	s.Drop(s.File("offer.txt", content))
	s.Until(`row("offer.txt").Codes?.includes("provider_unavailable")`)
	done := s.AwaitRow("offer.txt", "done")
	if len(done.Codes) > 0 {
		t.Errorf("the row of a finished file names %v", done.Codes)
	}
	if done.Asset == nil || done.Asset.SHA256 != stage.Digest(content) {
		t.Errorf("asset %+v", done.Asset)
	}
	if reasons := browserstage.Value[[]string](s, `retries`); !slices.Equal(reasons, []string{"provider_unavailable"}) {
		t.Errorf("upload-retry fired for %q", reasons)
	}
	if unfired := s.Sandbox.Faults().Unfired(); len(unfired) > 0 {
		t.Errorf("faults that never fired: %v", unfired)
	}
}

// A failed file is not retried, so neither the row nor the live region promises it in any
// language. A button offers it.
func TestFailedRowPromisesNoRetry(t *testing.T) {
	t.Parallel()
	s := browserstage.New(t)
	for range 2 { // the number of attempts for this code
		s.Sandbox.Faults().Add(sandbox.OpUploadMedia, sandbox.Answer(http.StatusInternalServerError, nil, `{"error":{"message":"Unknown","code":1}}`))
	}
	s.OpenForMessages()
	s.Drop(s.File("offer.txt", stage.Notes(1<<10)))
	s.Until(`row("offer.txt").Text?.includes("Will retry automatically")`)
	s.AwaitRow("offer.txt", "failed")
	s.Until(`document.querySelector("media-upload").shadowRoot.querySelector("[role=status]").textContent.includes("offer.txt failed")`)
	said := browserstage.Value[string](s, `document.querySelector("media-upload").shadowRoot.querySelector("[role=status]").textContent`)
	if strings.Contains(said[strings.LastIndex(said, "failed"):], "retry automatically") {
		t.Errorf("the live region says %q", said)
	}
	for lang, want := range map[string]struct{ sentence, button, never string }{
		"en": {"didn’t respond correctly. Your file is saved.", "Retry", "retry automatically"},
		"de": {"hat nicht richtig geantwortet. Ihre Datei ist gespeichert.", "Wiederholen", "automatisch"},
		"es": {"no respondió correctamente. Su archivo está guardado.", "Reintentar", "automáticamente"},
		"pt": {"não respondeu corretamente. Seu arquivo está salvo.", "Tentar de novo", "automática"},
	} {
		s.Evaluate(fmt.Sprintf(`document.querySelector("media-upload").lang = %q`, lang))
		s.Until(fmt.Sprintf(`row("offer.txt").Text.includes(%q)`, want.sentence))
		if text := s.Row("offer.txt").Text; !strings.Contains(text, want.button) || strings.Contains(text, want.never) {
			t.Errorf("the row says %q", text)
		}
	}
	if unfired := s.Sandbox.Faults().Unfired(); len(unfired) > 0 {
		t.Errorf("faults that never fired: %v", unfired)
	}
}

// The server has the bytes by then: the row can be removed, the relay continues.
func TestRemovingARelayingFileSaysRelayContinues(t *testing.T) {
	t.Parallel()
	s := browserstage.New(t)
	slow := s.Sandbox.Faults().Add(sandbox.OpUploadMedia, sandbox.Slow(64<<10)) // takes a few seconds
	s.OpenForMessages()
	s.Drop(s.File("offer.txt", stage.Notes(128<<10)))
	s.AwaitRow("offer.txt", "relaying")
	<-slow.Fired()
	button := `rowNode("offer.txt").querySelector("[data-action=remove]")`
	for _, attribute := range []string{"title", "aria-label"} {
		if label := browserstage.Value[string](s, fmt.Sprintf(`%s.getAttribute(%q)`, button, attribute)); !strings.Contains(label, "transfer to WhatsApp continues") {
			t.Errorf("the button's %s is %q", attribute, label)
		}
	}
	s.Press("offer.txt", "remove")
	s.AwaitRow("offer.txt", "absent")
	s.Until(`document.querySelector("media-upload").shadowRoot.querySelector("[role=status]").textContent.includes("transfer to WhatsApp continues")`)
	for deadline := time.Now().Add(10 * time.Second); len(s.Sandbox.AllMedia()) == 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the file never reached the provider")
		}
	}
}
