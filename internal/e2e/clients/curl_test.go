package clients

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"mediarelay/internal/e2e/stage"
)

func TestCurlUploads(t *testing.T) {
	stage.NeedProgram(t, "curl", "curl")
	s := stage.StartServer(t, t.TempDir())
	content := stage.Notes(2_500_000)
	path := filepath.Join(t.TempDir(), "Größe & Preis.txt")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	said := runClient(s, "/bin/sh", "../../../docs/upload-with-curl.sh", s.URL, path, "message")
	var outcome struct {
		ID    string
		State string
	}
	if err := json.Unmarshal([]byte(said), &outcome); err != nil || outcome.State != "done" {
		t.Fatalf("the script printed %q, %v", said, err)
	}
	s.WantRelayed(outcome.ID, content)
}
