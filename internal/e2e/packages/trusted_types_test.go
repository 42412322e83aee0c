package packages

import (
	"strings"
	"testing"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
)

// A portal that enforces Trusted Types serves the package's files itself. The element needs
// two policies: lit-html for its templates, mediarelay for the URL of the worker. The
// entries without a view need the second one alone.
func TestTrustedTypesWithThePackagesFiles(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		page, names string
		use         func(*portal)
	}{
		{"element.html", "lit-html mediarelay", useElement},
		{"headless.html", "mediarelay", useHeadless},
		{"check.html", "mediarelay", useCheck},
	} {
		t.Run(tt.page, func(t *testing.T) {
			t.Parallel()
			p := plainPortal(t)
			p.alsoPolicy = "; require-trusted-types-for 'script'; trusted-types " + tt.names
			p.Must(p.Page().Navigate(p.address(tt.page)))
			p.wantTrustedTypes()
			tt.use(p)
			p.wantNoFaults()
		})
	}
}

// wantTrustedTypes shows that the browser enforces them, and that violations are seen.
func (p *portal) wantTrustedTypes() {
	p.Helper()
	refused := browserstage.Value[string](p.Stage, `(async () => { try { document.createElement('div').innerHTML = '<b>'; return '' } catch (error) { return error.name } })()`)
	if refused != "TypeError" {
		p.Fatalf("an assignment of text to innerHTML ended with %q", refused)
	}
	p.Until(`faults.some(fault => fault.startsWith('policy: require-trusted-types-for'))`)
	p.Evaluate(`faults.length = 0`)
}

func useElement(p *portal) {
	content := stage.Notes(3 << 20)
	p.Until(`document.querySelector('media-upload').shadowRoot?.querySelector('[part~=dropzone]')`)
	p.Drop(p.File("notes.txt", content))
	p.WantIntact("notes.txt", content)
	p.WantOneUpload()
	p.WantNoError()
	if said := strings.Join(p.Console(), "\n"); !strings.Contains(said, "in a worker of this page's origin") {
		p.Errorf("the console says %q", said)
	}
}

func useHeadless(p *portal) {
	content := stage.Notes(3 << 20)
	p.Until(`window.uploader`)
	p.choose(p.File("notes.txt", content))
	p.awaitFile("notes.txt", "ready")
	p.Evaluate(`uploader.start()`)
	done := p.awaitFile("notes.txt", "done")
	p.WantAtProvider(done.Asset.MediaID, stage.Digest(content))
	p.WantNothingLeft()
}

func useCheck(p *portal) {
	p.Until(`window.check`)
	if outcome := browserstage.Value[string](p.Stage, `check(new File(['Hello'], 'notes.txt')).then(verdict => verdict.outcome)`); outcome != "accept" {
		p.Errorf("the verdict is %q", outcome)
	}
}
