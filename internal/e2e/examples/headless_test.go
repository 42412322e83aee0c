package examples

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage"
	"mediarelay/web"
)

// exampleTimeout is for a busy machine; on an idle one an example takes seconds.
const exampleTimeout = 3 * time.Minute

// playwrightFolder has the package that the example in Node needs, after scripts/setup test.
const playwrightFolder = "testdata/playwright/node_modules"

func TestChromedpExample(t *testing.T) {
	t.Parallel()
	stage.NeedProgram(t, "chromium", "chromium", "chromium-browser", "google-chrome")
	r := newReader(t)
	path := r.example("upload_test.go")
	if said := r.run("cd '" + stage.Root() + "' && go test -count 1 -v '" + path + "'"); !strings.Contains(said, "media ID ") {
		t.Errorf("it says %s", said)
	}
}

func TestPlaywrightExample(t *testing.T) {
	t.Parallel()
	chromium := stage.NeedProgram(t, "chromium", "chromium", "chromium-browser", "google-chrome")
	stage.NeedProgram(t, "node", "node")
	installed, err := filepath.Abs(playwrightFolder)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(installed); err != nil {
		stage.SkipWithout(t, "node", "playwright-core is not installed: run scripts/setup test")
	}
	r := newReader(t)
	if err := os.Symlink(installed, filepath.Join(r.dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	path := r.example("upload.mjs")
	if said := r.run("CHROMIUM='" + chromium + "' node '" + path + "'"); !strings.Contains(said, "media ID ") {
		t.Errorf("it says %s", said)
	}
}

// reader is somebody who follows docs/headless-testing.md in a folder.
type reader struct {
	*testing.T
	page, dir string
}

func newReader(t *testing.T) reader {
	t.Helper()
	if err := web.Built(); err != nil {
		t.Fatal(err)
	}
	ports := strings.NewReplacer(
		"127.0.0.1:8080", freeAddress(t), "127.0.0.1:8090", freeAddress(t), "127.0.0.1:9090", freeAddress(t),
	)
	r := reader{t, ports.Replace(page(t, "headless-testing.md")), t.TempDir()}
	write(t, filepath.Join(r.dir, "channels.yaml"), block(t, r.page, "```yaml\n(.*?)```"))
	return r
}

// example writes an example of the page to a file.
func (r reader) example(name string) (path string) {
	r.Helper()
	path = filepath.Join(r.dir, name)
	write(r.T, path, block(r.T, r.page, "<!-- example: "+name+" -->\n```[a-z]+\n(.*?)```"))
	return path
}

// run starts the servers as the page says, runs a command and returns its output.
func (r reader) run(command string) string {
	r.Helper()
	start := block(r.T, r.page, "```sh\n(.*?)```")
	script := "set -eu\n" + start + "until mediarelay health; do sleep 0.1; done\n" + command + "\n"
	ctx, cancel := context.WithTimeout(r.Context(), exampleTimeout)
	defer cancel()
	shell := exec.CommandContext(ctx, "sh", "-c", script)
	shell.Dir = r.dir
	shell.Env = append(os.Environ(), "PATH="+filepath.Dir(stage.Binary(r.T))+":"+os.Getenv("PATH"), "TMPDIR="+r.TempDir())
	// A group of its own, so that the servers end with it.
	shell.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	shell.Cancel = func() error { return syscall.Kill(-shell.Process.Pid, syscall.SIGKILL) }
	output := filepath.Join(r.TempDir(), "output")
	file, err := os.Create(output)
	if err != nil {
		r.Fatal(err)
	}
	defer file.Close()
	// Files, not pipes: the servers would keep a pipe open.
	shell.Stdout, shell.Stderr = file, file
	failed := shell.Run()
	_ = syscall.Kill(-shell.Process.Pid, syscall.SIGKILL) // the servers
	said, err := os.ReadFile(output)
	if err != nil {
		r.Fatal(err)
	}
	if failed != nil {
		r.Fatalf("%v\n%s", failed, said)
	}
	return string(said)
}
