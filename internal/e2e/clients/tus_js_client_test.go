package clients

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/golang-jwt/jwt/v5"

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

// tus-js-client that resumes somebody else's upload is told that there is none, and makes
// one of its own.
func TestTusJSClientWithAStrangersUpload(t *testing.T) {
	node := stage.NeedProgram(t, "node", "node")
	if _, err := os.Stat("../../../web/node_modules/tus-js-client"); err != nil {
		stage.SkipWithout(t, "node", "tus-js-client is not installed: run make test, or npm ci in web/")
	}
	i := stage.NewProcess(t)
	i.Start()
	ofAna := &stage.File{Name: "notes.txt", Content: stage.Notes(3_000_000), ChunkSize: 1_000_000, Purposes: "message"}
	i.SendFirstChunk(ofAna)
	bob := &stage.Server{TB: t, URL: i.URL(), Token: i.Sign(jwt.MapClaims{"sub": "bob"})}
	content := ofAna.Content
	path := filepath.Join(t.TempDir(), "notes.txt")
	i.Must(os.WriteFile(path, content, 0o600))
	said := runClient(bob, node, "../../../web/test/tus-js-client.mjs", bob.URL+"/files/", path, bob.URL+"/files/"+ofAna.ID)
	if filepath.Base(said) == ofAna.ID {
		t.Errorf("bob sent his file to ana's upload %s", ofAna.ID)
	}
	bob.WantRelayed(filepath.Base(said), content)
	if offset, err := i.Offset(t.Context(), ofAna); err != nil || offset != ofAna.ChunkSize {
		t.Errorf("ana's upload is at %d, %v, want %d", offset, err, ofAna.ChunkSize)
	}
	i.WantDone([]*stage.File{ofAna})
}
