package clients

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"mediarelay/internal/e2e/stage"
)

const curlScript = "../../../docs/upload-with-curl.sh"

func TestCurlUploads(t *testing.T) {
	stage.NeedProgram(t, "curl", "curl")
	s := stage.StartServer(t, t.TempDir())
	content := stage.Notes(2_500_000)
	path := filepath.Join(t.TempDir(), "Größe & Preis.txt")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	wantDone(t, s, content, runClient(s, "/bin/sh", curlScript, s.URL, path, "message"))
}

func wantDone(t *testing.T, s *stage.Server, content []byte, said string) {
	t.Helper()
	var outcome struct {
		ID    string
		State string
	}
	if err := json.Unmarshal([]byte(said), &outcome); err != nil || outcome.State != "done" {
		t.Fatalf("the script printed %q, %v", said, err)
	}
	s.WantRelayed(outcome.ID, content)
}

// The script stops at the first permanent refusal and prints the problem's sentence. It
// retries what may pass.
func TestCurlStopsAtAPermanentRefusal(t *testing.T) {
	stage.NeedProgram(t, "curl", "curl")
	s := stage.StartServer(t, t.TempDir())
	for _, tt := range []struct {
		name, method string
		token        string
		size         int
		status       int    // of a response in place of the server's; 0 for none
		want         string // in the error
	}{
		{"422: a file that breaks a rule", http.MethodPost, s.Token, 0, 422, "The server answers 422 to the creation. A sentence. A detail"},
		{"401: a token that is not valid", http.MethodPost, "e30.e30.e30", 10, 0, "The server answers 401 to the creation. "},
		{"413: larger than any upload may be", http.MethodPost, s.Token, 105_000_000, 0, "The server answers 413 to the creation. "},
		{"404 for the offset", http.MethodHead, s.Token, 10, 404, "The server answers 404 to the question for the offset. "},
		{"403 for a chunk", http.MethodPatch, s.Token, 10, 403, "The server answers 403 to the chunk. A sentence. A detail"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newAnsweringProxy(t, s.URL, tt.method, tt.status, 1<<30)
			_, stderr, err := runCurl(t, p.url, tt.token, tt.size)
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(stderr, tt.want) {
				t.Errorf("%v, want exit code 1 and %q: %s", err, tt.want, stderr)
			}
			if n := p.requests.Load(); n != 1 {
				t.Errorf("%d requests with %s, want one", n, tt.method)
			}
			if strings.Contains(stderr, tt.token) {
				t.Error("the error shows the token")
			}
		})
	}
}

func TestCurlRetriesWhatMayPass(t *testing.T) {
	stage.NeedProgram(t, "curl", "curl")
	s := stage.StartServer(t, t.TempDir())
	for _, tt := range []struct {
		name, method string
		status       int
	}{
		{"503 at the creation", http.MethodPost, 503},
		{"429 at the creation", http.MethodPost, 429},
		{"423 for the offset", http.MethodHead, 423},
		{"503 for a chunk", http.MethodPatch, 503},
		{"409 for a chunk", http.MethodPatch, 409},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newAnsweringProxy(t, s.URL, tt.method, tt.status, 2)
			stdout, stderr, err := runCurl(t, p.url, s.Token, 1000)
			if err != nil || !strings.Contains(stdout, `"state":"done"`) || p.requests.Load() < 3 {
				t.Errorf("%v after %d requests: %s%s", err, p.requests.Load(), stdout, stderr)
			}
		})
	}
}

// answeringProxy answers the first requests of one method with a status.
type answeringProxy struct {
	url      string
	requests atomic.Int64 // of that method
}

func newAnsweringProxy(t *testing.T, server, method string, status int, times int64) *answeringProxy {
	t.Helper()
	target, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	p := &answeringProxy{}
	forward := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = r.In.Host }}
	listener := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != method || p.requests.Add(1) > times || status == 0 {
			forward.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/problem+json")
		w.Header().Set("Retry-After", "0")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(`{"status":400,"code":"x","title":"A sentence.","detail":"A detail \"quoted\"."}`))
	}))
	t.Cleanup(listener.Close)
	p.url = listener.URL
	return p
}

// runCurl uploads a text of some bytes with the script.
func runCurl(t *testing.T, server, token string, size int) (stdout, stderr string, err error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "notes.txt")
	if err := os.WriteFile(path, stage.Notes(max(size, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "/bin/sh", curlScript, server, path)
	cmd.Env = append(os.Environ(), "MEDIARELAY_TOKEN="+token)
	var out, errors bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errors
	err = cmd.Run()
	return out.String(), errors.String(), err
}
