package examples

import (
	"bufio"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"mediarelay/internal/e2e/stage"
	"mediarelay/internal/e2e/stage/browserstage"
)

// The example portal beside make run, as docs/embedding.md and its own output say: a file
// is dropped, the form is saved, and the page shows the asset's ID.
func TestExamplePortal(t *testing.T) {
	t.Parallel()
	const commands = "    MEDIARELAY_ALLOWED_ORIGINS=http://localhost:8081 make run\n    go run ./web/examples/portal\n"
	if !strings.Contains(page(t, "embedding.md"), commands) {
		t.Fatal("docs/embedding.md does not have the commands")
	}
	s := browserstage.New(t)
	dir := t.TempDir()
	mediaAddress, portalAddress := freeAddress(t), "localhost:"+port(t, freeAddress(t))
	// What make run starts, in a folder without settings.
	media := exec.CommandContext(t.Context(), stage.Binary(t), "serve", "--sandbox")
	media.Env = []string{
		"MEDIARELAY_ALLOWED_ORIGINS=http://" + portalAddress,
		"MEDIARELAY_LISTEN=" + mediaAddress, "MEDIARELAY_ADMIN_LISTEN=127.0.0.1:0",
	}
	start(t, dir, media)
	program := filepath.Join(dir, "portal")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./web/examples/portal")
	build.Dir = stage.Root()
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	start(t, dir, exec.CommandContext(t.Context(), program, "-listen", portalAddress, "-media", "http://"+mediaAddress))

	s.Visit("http://" + portalAddress)
	content := stage.Notes(300_000)
	s.Evaluate(`document.querySelector('[name=title]').value = 'Summer'`)
	s.Drop(s.File("notes.txt", content))
	s.AwaitRow("notes.txt", "done")
	asset := browserstage.Value[string](s, `document.querySelector('media-upload').value[0]`)
	if faults := browserstage.Value[[]string](s, `faults`); len(faults) > 0 {
		t.Errorf("on the page: %v", faults)
	}
	s.Evaluate(`document.querySelector('form').requestSubmit()`)
	s.Do(chromedp.WaitVisible(chromedp.CSS("li code"))) // of the next document
	if saved := browserstage.Value[string](s, `document.querySelector('li').textContent.trim()`); asset == "" || saved != "Summer: "+asset {
		t.Errorf("the portal saved %q, want the asset %q", saved, asset)
	}
}

// start starts a server in a folder and waits for its first line. It ends with the test.
func start(t *testing.T, dir string, command *exec.Cmd) {
	t.Helper()
	command.Dir = dir
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = command.Wait() }) // t.Context has killed it
	said := bufio.NewScanner(stdout)
	if !said.Scan() {
		t.Fatalf("%s ended without output", command)
	}
	go stage.Drain(said)
}

func port(t *testing.T, address string) string {
	t.Helper()
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	return port
}
