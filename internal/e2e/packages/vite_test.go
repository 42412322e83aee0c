package packages

import (
	"bufio"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"mediarelay/internal/e2e/stage"
)

// viteAddress is what Vite prints when it listens.
var viteAddress = regexp.MustCompile(`http://127\.0\.0\.1:\d+/`)

// developmentServer starts Vite for an app. It ends with the test.
func developmentServer(t *testing.T, app string) http.Handler {
	t.Helper()
	program, err := filepath.Abs(filepath.Join(appsFolder, tool("vite")))
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), program, app, "--host", "127.0.0.1", "--port", "0", "--clearScreen", "false")
	command.Dir = appsFolder
	command.Env = append(command.Environ(), "NO_COLOR=1")
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait() // it was killed
	})
	said := bufio.NewScanner(output)
	for said.Scan() {
		if address := viteAddress.FindString(said.Text()); address != "" {
			target, err := url.Parse(address)
			if err != nil {
				t.Fatal(err)
			}
			go stage.Drain(said)
			return httputil.NewSingleHostReverseProxy(target)
		}
	}
	t.Fatal("Vite ended before it listened")
	return nil
}
