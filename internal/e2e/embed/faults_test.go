package embed

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"mediarelay/internal/e2e/stage/browserstage"
	"mediarelay/internal/e2e/stage/proxy"
)

func TestMistakesOfAdministratorsHaveCodes(t *testing.T) {
	t.Parallel()
	other := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(other.Close)
	attribute := func(name, value string) func(string) string {
		return func(snippet string) string {
			return strings.Replace(snippet, " multiple>", ` multiple `+name+`="`+value+`">`, 1)
		}
	}
	elsewhere := func(change func(string) string) func(string) string {
		return func(snippet string) string {
			return strings.Replace(change(snippet), `endpoint="https://media.example.com"`, `endpoint="`+other.URL+`"`, 1)
		}
	}
	for name, tt := range map[string]struct {
		setting
		code, advice string
	}{
		"an origin that is not allowed":             {setting{stranger: true}, "origin_not_allowed", "MEDIARELAY_ALLOWED_ORIGINS=http://localhost:"},
		"an origin that is not allowed, the frame":  {setting{stranger: true, policy: framePolicy}, "origin_not_allowed", "MEDIARELAY_ALLOWED_ORIGINS=http://localhost:"},
		"a policy without worker and frame":         {setting{policy: "default-src 'none'; script-src MEDIA SNIPPET; connect-src 'self'"}, "policy_forbids_engine", "worker-src blob: http://127.0.0.1:"},
		"a policy without requests and frame":       {setting{policy: strings.TrimSuffix(blobPolicy, " MEDIA")}, "policy_forbids_engine", "connect-src http://127.0.0.1:"},
		"a policy without WebAssembly and frame":    {setting{policy: strings.Replace(blobPolicy, " 'wasm-unsafe-eval'", "", 1)}, "policy_forbids_engine", "'wasm-unsafe-eval'"},
		"the frame's policy for engine=worker":      {setting{policy: framePolicy, change: attribute("engine", "worker")}, "policy_forbids_engine", "worker-src blob:"},
		"the blob worker's policy for engine=frame": {setting{policy: blobPolicy, change: attribute("engine", "frame")}, "policy_forbids_engine", "frame-src http://127.0.0.1:"},
		"an own copy that may not send requests":    {setting{policy: ownPolicy, change: ownScript, widget: strictCopy}, "policy_forbids_engine", "connect-src http://127.0.0.1:"},
		"another server at the endpoint":            {setting{change: elsewhere(func(s string) string { return s })}, "wrong_endpoint", "is not a Mediarelay server"},
		"another server at the endpoint, the frame": {setting{change: elsewhere(attribute("engine", "frame"))}, "wrong_endpoint", "is not a Mediarelay server"},
		"an own copy without an endpoint": {setting{change: func(s string) string {
			return strings.Replace(ownScript(s), ` endpoint="https://media.example.com"`, "", 1)
		}, widget: ownCopy}, "wrong_endpoint", "Set the attribute endpoint"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.site = anotherSite
			p := openPortal(t, tt.setting)
			p.wantFault(tt.code, tt.advice)
		})
	}
}

// The portal has updated its copy of the files, and nobody the server.
func TestOldServerHasACode(t *testing.T) {
	t.Parallel()
	old := proxy.Respond(http.StatusOK, http.Header{
		"Access-Control-Allow-Origin": {"*"}, "Content-Type": {"text/javascript"},
	}, "export const protocol = 0\n")
	p := newPortal(t, setting{site: anotherSite, change: ownScript, widget: ownCopy})
	p.Proxy.Add(&proxy.Fault{Name: "an old server", Act: old, Match: func(r *http.Request) bool {
		return r.URL.Path == "/widget/engine-protocol.js"
	}})
	p.Visit(p.page)
	p.wantFault("server_outdated", "runs an older version")
}

// strictCopy serves the worker with a policy that forbids requests to the media server.
func strictCopy(s *browserstage.Stage) http.Handler {
	files := ownCopy(s)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'")
		files.ServeHTTP(w, r)
	})
}

// wantFault drops a file and wants the code on its row, in upload-error and as advice to
// the developer in the console.
func (p portal) wantFault(code, advice string) {
	p.Helper()
	p.Drop(p.File("flyer.pdf", pdf(100_000)))
	p.Until(`['ready', 'failed'].includes(row("flyer.pdf").State)`)
	if p.Row("flyer.pdf").State == "ready" {
		p.Evaluate(`document.querySelector('media-upload').start()`)
	}
	failed := p.AwaitRow("flyer.pdf", "failed")
	if len(failed.Codes) != 1 || failed.Codes[0] != code {
		p.Errorf("the row names %v, want %s: %s", failed.Codes, code, failed.Text)
	}
	if told := p.Events("upload-error"); len(told) != 1 || told[0].Code != code || told[0].Message == "" {
		p.Errorf("upload-error: %+v", told)
	}
	p.wantInConsole(code, advice)
}

// Without the names of its policies the element's code cannot run at all. Page and console
// say so.
func TestTrustedTypesWithoutOurNamesAreReported(t *testing.T) {
	t.Parallel()
	german := func(snippet string) string {
		return strings.Replace(snippet, "<media-upload ", `<media-upload lang="de" `, 1)
	}
	p := newPortal(t, setting{site: anotherSite, policy: blobPolicy + "; trusted-types dompurify", change: german})
	p.Must(p.Page().Navigate(p.page))
	p.Until(`document.querySelector('media-upload').textContent.includes('Sicherheitseinstellungen')`)
	p.wantInConsole("trusted-types lit-html mediarelay")
}
