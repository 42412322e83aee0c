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

// key is a kind of private key: what openssl needs to make one, and the sample that prints
// its public half as a set.
type key struct {
	arguments []string
	publisher string
}

// keys are the kinds of private keys, by the name of the samples that sign with one.
var keys = map[string]key{
	"eddsa": {[]string{"-algorithm", "ed25519"}, "eddsa.mjs"},
	"rs256": {[]string{"-algorithm", "rsa", "-pkeyopt", "rsa_keygen_bits:2048"}, "rs256.php"},
}

// The server accepts the token of every sample of docs/tokens.md.
func TestTheSamplesOfTheTokensPage(t *testing.T) {
	page, err := os.ReadFile("../../../docs/tokens.md")
	if err != nil {
		t.Fatal(err)
	}
	samples := sample.FindAllStringSubmatch(string(page), -1)
	if len(samples) != 8 {
		t.Fatalf("docs/tokens.md has %d samples, want 8", len(samples))
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
			if key, ok := keys[strings.TrimSuffix(s[1], filepath.Ext(s[1]))]; ok {
				env = publishKey(i, dir, key)
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

// publishKey makes a private key and gives the server the set that a sample prints of it.
// It returns the variables that the samples read.
func publishKey(i *stage.Process, dir string, k key) (env []string) {
	i.Helper()
	file := filepath.Join(i.TempDir(), "key.pem")
	arguments := append([]string{"genpkey", "-out", file}, k.arguments...)
	openssl := exec.CommandContext(i.Context(), stage.NeedProgram(i, "openssl", "openssl"), arguments...)
	if out, err := openssl.CombinedOutput(); err != nil {
		i.Fatalf("%v\n%s", err, out)
	}
	env = []string{"PORTAL_KEY_FILE=" + file, "PORTAL_KEY_ID=2026-11"}
	set := filepath.Join(i.TempDir(), "jwks.json")
	i.Must(os.WriteFile(set, []byte(run(i, env, filepath.Join(dir, k.publisher), "--jwks")), 0o600))
	delete(i.Env, "MEDIARELAY_JWT_SECRET")
	i.Env["MEDIARELAY_JWT_JWKS_FILE"] = set
	return env
}

// run runs a sample and returns the line that it prints.
func run(t testing.TB, env []string, path string, arguments ...string) string {
	t.Helper()
	interpreter := interpreters[filepath.Ext(path)]
	program := stage.NeedProgram(t, interpreter.requirement, interpreter.names...)
	if filepath.Base(path) == "eddsa.py" {
		program = pythonWithCryptography(t)
	}
	command := exec.CommandContext(t.Context(), program, append(append(interpreter.arguments, path), arguments...)...)
	command.Env = append(os.Environ(), env...)
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%v: %v", command.Args, err)
	}
	return strings.TrimSpace(string(out))
}

// pythonWithCryptography finds the interpreter that has the package. Debian installs it for
// its own Python, which need not be the first on the PATH.
func pythonWithCryptography(t testing.TB) string {
	t.Helper()
	for _, program := range []string{"python3", "/usr/bin/python3"} {
		if exec.CommandContext(t.Context(), program, "-c", "import cryptography").Run() == nil {
			return program
		}
	}
	stage.SkipWithout(t, "python", "Python has no cryptography (on Debian: apt-get install python3-cryptography)")
	return ""
}
