package clients

import (
	"os"
	"path/filepath"
	"testing"

	"mediarelay/internal/e2e/stage"
)

func TestTusJSClientPausesAndResumes(t *testing.T) {
	node := stage.NeedProgram(t, "node", "node")
	if _, err := os.Stat("../../../web/node_modules/tus-js-client"); err != nil {
		stage.SkipWithout(t, "node", "tus-js-client is not installed: run make test, or npm ci in web/")
	}
	s := stage.StartServer(t, t.TempDir())
	content := stage.Notes(20_000_000)
	path := filepath.Join(t.TempDir(), "notes.txt")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	said := runClient(s, node, "../../../web/test/tus-js-client.mjs", s.URL+"/files/", path)
	s.WantRelayed(filepath.Base(said), content)
}
