package clients

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"mediarelay/internal/e2e/stage"
)

// sample is a code block of docs/tokens.md, with its file name.
var sample = regexp.MustCompile("(?s)<!-- sample: ([a-z0-9.]+) -->\n```[a-z]+\n(.*?)```")

// interpreters are the commands that run a sample, by the ending of its file.
var interpreters = map[string]struct {
	requirement string
	names       []string
	arguments   []string
}{
	".go":  {"go", []string{"go"}, []string{"run"}},
	".mjs": {"node", []string{"node"}, nil},
	".py":  {"python", []string{"python3"}, nil},
	".php": {"php", []string{"php"}, nil},
}

// The server accepts the token of every sample of docs/tokens.md.
func TestTheSamplesOfTheTokensPage(t *testing.T) {
	page, err := os.ReadFile("../../../docs/tokens.md")
	if err != nil {
		t.Fatal(err)
	}
	samples := sample.FindAllStringSubmatch(string(page), -1)
	if len(samples) != 6 {
		t.Fatalf("docs/tokens.md has %d samples, want 6", len(samples))
	}
	dir := t.TempDir()
	for _, s := range samples {
		if err := os.WriteFile(filepath.Join(dir, s[1]), []byte(s[2]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range samples {
		t.Run(s[1], func(t *testing.T) {
			i := stage.NewProcess(t)
			env := []string{"MEDIARELAY_JWT_SECRET=" + stage.JWTSecret}
			if strings.HasPrefix(s[1], "eddsa") {
				env = publishKey(t, i, dir)
			}
			i.Start()
			token := run(t, env, filepath.Join(dir, s[1]))
			answer, text := i.As(token).Do(http.MethodGet, "/v1/assets", nil)
			if answer.StatusCode != http.StatusOK {
				t.Errorf("the server answers %s %s", answer.Status, text)
			}
			f := &stage.File{Name: "a.txt", Content: []byte("hello"), ChunkSize: 8, Purposes: "message"}
			i.As(token).WantDone([]*stage.File{f})
		})
	}
}

// publishKey makes a private key and gives the server the set that the sample in Node
// prints of it. It returns the variables that the samples read.
func publishKey(t *testing.T, i *stage.Process, dir string) (env []string) {
	t.Helper()
	key := filepath.Join(t.TempDir(), "key.pem")
	openssl := exec.CommandContext(t.Context(), stage.NeedProgram(t, "openssl", "openssl"), "genpkey", "-algorithm", "ed25519", "-out", key)
	if out, err := openssl.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	env = []string{"PORTAL_KEY_FILE=" + key, "PORTAL_KEY_ID=2026-11"}
	set := filepath.Join(t.TempDir(), "jwks.json")
	i.Must(os.WriteFile(set, []byte(run(t, env, filepath.Join(dir, "eddsa.mjs"), "--jwks")), 0o600))
	delete(i.Env, "MEDIARELAY_JWT_SECRET")
	i.Env["MEDIARELAY_JWT_JWKS_FILE"] = set
	return env
}

// run runs a sample and returns the line that it prints.
func run(t *testing.T, env []string, path string, arguments ...string) string {
	t.Helper()
	interpreter := interpreters[filepath.Ext(path)]
	program := stage.NeedProgram(t, interpreter.requirement, interpreter.names...)
	command := exec.CommandContext(t.Context(), program, append(append(interpreter.arguments, path), arguments...)...)
	command.Env = append(os.Environ(), env...)
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%v: %v", command.Args, err)
	}
	return strings.TrimSpace(string(out))
}
