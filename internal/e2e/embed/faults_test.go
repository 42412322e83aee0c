package embed

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
	"mediarelay/internal/e2e/stage/portal"
	"mediarelay/internal/e2e/stage/proxy"
	"mediarelay/web"
)

func TestMistakesOfAdministratorsHaveCodes(t *testing.T) {
	t.Parallel()
	other := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(other.Close)
	attribute := func(name, value string) func(string) string {
		return func(snippet string) string { return portal.Attribute(snippet, name, value) }
	}
	elsewhere := func(snippet string) string { return portal.Endpoint(snippet, other.URL) }
	mistakes := map[string]struct {
		portal.Setting
		code, advice string
	}{
		"an origin that is not allowed":             {portal.Setting{Stranger: true}, "origin_not_allowed", "MEDIARELAY_ALLOWED_ORIGINS=http://localhost:"},
		"an origin that is not allowed, the frame":  {portal.Setting{Stranger: true, Policy: portal.FramePolicy}, "origin_not_allowed", "MEDIARELAY_ALLOWED_ORIGINS=http://localhost:"},
		"a policy without worker and frame":         {portal.Setting{Policy: "default-src 'none'; script-src https://media.example.com 'nonce-NONCE'; connect-src 'self'"}, "policy_forbids_engine", "worker-src blob: http://127.0.0.1:"},
		"a policy without requests and frame":       {portal.Setting{Policy: strings.TrimSuffix(portal.BlobPolicy, " https://media.example.com")}, "policy_forbids_engine", "connect-src http://127.0.0.1:"},
		"a policy without WebAssembly and frame":    {portal.Setting{Policy: strings.Replace(portal.BlobPolicy, " 'wasm-unsafe-eval'", "", 1)}, "policy_forbids_engine", "'wasm-unsafe-eval'"},
		"the frame's policy for engine=worker":      {portal.Setting{Policy: portal.FramePolicy, Change: attribute("engine", "worker")}, "policy_forbids_engine", "worker-src blob:"},
		"the blob worker's policy for engine=frame": {portal.Setting{Policy: portal.BlobPolicy, Change: attribute("engine", "frame")}, "policy_forbids_engine", "frame-src http://127.0.0.1:"},
		"an own copy that may not send requests":    {portal.Setting{Policy: portal.OwnPolicy, Change: portal.OwnScript, Widget: strictCopy}, "policy_forbids_engine", "connect-src 'self' http://127.0.0.1:"},
		"another server at the endpoint":            {portal.Setting{Change: elsewhere}, "wrong_endpoint", "is not a Mediarelay server"},
		"another server at the endpoint, the frame": {portal.Setting{Change: func(s string) string { return portal.Attribute(elsewhere(s), "engine", "frame") }}, "wrong_endpoint", "is not a Mediarelay server"},
		"an own copy without an endpoint":           {portal.Setting{Change: func(s string) string { return portal.Endpoint(portal.OwnScript(s), "") }, Widget: portal.OwnCopy}, "wrong_endpoint", "Set the attribute endpoint"},
	}
	for i, name := range slices.Sorted(maps.Keys(mistakes)) {
		t.Run(name, func(t *testing.T) {
			stage.Sampled(t, i, 3)
			t.Parallel()
			tt := mistakes[name]
			tt.Site = portal.AnotherSite
			p := portal.Open(t, tt.Setting)
			wantFault(p, tt.code, tt.advice)
		})
	}
}

// A few lost requests at the start are a bad connection and accuse nobody: the upload only takes longer.
func TestLostRequestsAreNoMistakeOfAdministrators(t *testing.T) {
	t.Parallel()
	path := func(path string) proxy.Match {
		return func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, path) }
	}
	for name, tt := range map[string]struct {
		portal.Setting
		lost []proxy.Fault
	}{
		"of a worker": {portal.Setting{Site: portal.AnotherSite}, []proxy.Fault{
			{Name: "a lost look-up", Match: path("/v1/assets"), Times: 1},
			{Name: "lost creations", Match: path("/files/"), Times: 2},
			{Name: "a lost request for the rules", Match: path("/v1/rules"), Times: 1},
		}},
		"the document of a frame": {portal.Setting{Site: portal.SameSite, Policy: portal.FramePolicy}, []proxy.Fault{
			{Name: "a lost frame", Match: path("/widget/engine.html"), Times: 1},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := portal.New(t, tt.Setting)
			for _, fault := range tt.lost {
				fault.Act = proxy.LoseResponse
				p.Proxy.Add(&fault)
			}
			p.Visit(p.Address)
			content := p.Begin("flyer.pdf", 2<<20)
			p.WantIntact("flyer.pdf", content)
			p.WantOneUpload()
			p.WantNoError()
		})
	}
}

// Nothing listens at the endpoint, while the browser has a network. The row and the console say so, and the upload waits.
func TestNothingAtTheEndpointIsNotAMissingNetwork(t *testing.T) {
	t.Parallel()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	p := portal.Open(t, portal.Setting{Site: portal.AnotherSite, Change: func(snippet string) string { return portal.Endpoint(snippet, gone.URL) }})
	p.Begin("flyer.pdf", 10_000)
	p.Until(`row("flyer.pdf").State === "waiting" && row("flyer.pdf").Text.includes("The media server can’t be reached")`)
	if told := p.Events("upload-retry"); len(told) == 0 || told[0].Reason != "unreachable" {
		t.Errorf("upload-retry: %+v", told)
	}
	p.WantInConsole("unreachable", "nothing answers at "+gone.URL, "Check the attribute endpoint")
	p.WantNoError()
}

// A token that the server does not accept, or that is none, has one line in the console, which says what to change and
// not the token.
func TestTokensThatDoNotWorkAreExplainedOnce(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		token  func(portal.Portal) string
		advice []string
	}{
		"rejected":           {func(p portal.Portal) string { return signed(p, "aud", "another") }, []string{"token_rejected", "secret, aud, exp"}},
		"of no such channel": {func(p portal.Portal) string { return signed(p, "channel", "nowhere") }, []string{"unknown_channel", "channels file"}},
		"empty":              {func(portal.Portal) string { return "" }, []string{"token_missing", "Return the JWT"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := portal.Open(t, portal.Setting{Site: portal.AnotherSite, Change: severalElements(2)})
			token := tt.token(p)
			p.Evaluate(fmt.Sprintf(`for (const element of document.querySelectorAll('media-upload')) {
				element.getToken = async () => %s
				element.addFiles([new File(['notes'], 'one.txt'), new File(['notes, too'], 'two.txt')])
			}`, quoted(token)))
			p.WantInConsole(tt.advice...)
			p.Until(`[...document.querySelectorAll('media-upload')].every(element => element.files.every(file => ['waiting', 'failed'].includes(file.state)))`)
			lines := 0
			for _, line := range p.Console() {
				if strings.Contains(line, tt.advice[0]) {
					lines++
				}
				if token != "" && strings.Contains(line, token) {
					t.Errorf("the console shows the token: %q", line)
				}
			}
			if lines != 1 {
				t.Errorf("the console has %d lines about it: %q", lines, p.Console())
			}
		})
	}
}

// signed is a token with the server's signature and one odd claim.
func signed(p portal.Portal, claim, value string) string {
	p.Helper()
	claims := stage.Claims()
	claims[claim] = value
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(stage.JWTSecret))
	p.Must(err)
	return token
}

// The portal has updated its copy of the files, and nobody the server.
func TestOldServerHasACode(t *testing.T) {
	t.Parallel()
	old := proxy.Respond(http.StatusOK, http.Header{
		"Access-Control-Allow-Origin": {"*"}, "Content-Type": {"text/javascript"},
	}, "export const protocol = 0\n")
	p := portal.New(t, portal.Setting{Site: portal.AnotherSite, Change: portal.OwnScript, Widget: portal.OwnCopy})
	p.Proxy.Add(&proxy.Fault{Name: "an old server", Act: old, Match: func(r *http.Request) bool {
		return r.URL.Path == "/widget/engine-protocol.js"
	}})
	p.Visit(p.Address)
	wantFault(p, "server_outdated", "runs an older version")
}

// strictCopy serves the worker with a policy that forbids requests to the media server.
func strictCopy(*browserstage.Stage) http.Handler {
	files := http.FileServerFS(web.Files())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'")
		files.ServeHTTP(w, r)
	})
}

// wantFault drops a file and wants the code on its row, in upload-error and as advice to
// the developer in the console.
func wantFault(p portal.Portal, code, advice string) {
	p.Helper()
	p.Drop(p.File("flyer.pdf", portal.PDF(100_000)))
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
	p.WantInConsole(code, advice)
}

// Without the names of its policies the element's code cannot run at all. Page and console
// say so.
func TestTrustedTypesWithoutOurNamesAreReported(t *testing.T) {
	t.Parallel()
	german := func(snippet string) string { return portal.Attribute(snippet, "lang", "de") }
	p := portal.New(t, portal.Setting{Site: portal.AnotherSite, Policy: portal.BlobPolicy + "; trusted-types dompurify", Change: german})
	p.Must(p.Page().Navigate(p.Address))
	p.Until(`document.querySelector('media-upload').textContent.includes('Sicherheitseinstellungen')`)
	p.WantInConsole("trusted-types lit-html mediarelay")
}
