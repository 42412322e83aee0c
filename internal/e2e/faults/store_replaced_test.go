package faults

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage"
)

// noticed is how long the server may take to notice that its folder was replaced.
const noticed = 2 * time.Second

// V6: the folder is replaced while the server runs. Nothing is acknowledged into the other
// one, and everything continues once the right one is back.
func TestAFolderReplacedWhileRunning(t *testing.T) {
	t.Parallel()
	i := stage.NewProcess(t)
	i.Start()
	files := jpegFiles(t, 2, 300_000)
	i.SendFirstChunk(files[0])
	large := &stage.File{Name: "notes.txt", Content: stage.Notes(40_000_000), Purposes: "message"}
	i.Must(i.CreateUpload(t.Context(), large))
	uploads := filepath.Join(i.DataDir, "uploads")
	i.Must(os.Rename(uploads, uploads+".old"))
	i.Must(os.Mkdir(uploads, 0o700))

	began := time.Now()
	if status, _ := i.Admin("/readyz"); status != http.StatusServiceUnavailable || time.Since(began) > noticed {
		t.Errorf("/readyz answers %d after %v, want 503 within %v", status, time.Since(began), noticed)
	}
	i.AwaitLog("it is another folder than the one that was opened")
	stage.WantProblem(t, i.CreateUpload(t.Context(), files[1]), http.StatusServiceUnavailable, "store for uploads is unavailable")
	if answer, text := sendBeforeReading(i, large, 0); answer.StatusCode != http.StatusServiceUnavailable || !strings.Contains(text, "store for uploads is unavailable") {
		t.Errorf("a chunk is answered %s %s", answer.Status, text)
	}
	answer, text := i.Do(http.MethodGet, "/v1/uploads/"+large.ID, nil)
	if answer.StatusCode != http.StatusServiceUnavailable || answer.Header.Get("Retry-After") == "" || !strings.Contains(text, `"code":"unavailable"`) {
		t.Errorf("the state of an unfinished upload: %s %s", answer.Status, text)
	}
	if entries, err := os.ReadDir(uploads); err != nil || len(entries) != 0 {
		t.Errorf("the other folder has %v, %v", entries, err)
	}

	i.Must(os.Remove(uploads))
	i.Must(os.Rename(uploads+".old", uploads))
	if status, text := i.Admin("/readyz"); status != http.StatusOK {
		t.Errorf("with the folder back /readyz answers %d %s", status, text)
	}
	i.WantDone(files)
	i.Signal(syscall.SIGTERM)
}

// V6: a copy of the folder at its path has the right id, but not what arrives meanwhile.
// The server asks for a restart.
func TestACopyOfTheFolderNeedsARestart(t *testing.T) {
	t.Parallel()
	i := stage.NewProcess(t)
	i.Start()
	f := jpegFiles(t, 1, 300_000)[0]
	i.SendFirstChunk(f)
	uploads := filepath.Join(i.DataDir, "uploads")
	i.Must(os.Rename(uploads, uploads+".old"))
	i.Must(os.CopyFS(uploads, os.DirFS(uploads+".old")))
	if status, _ := i.Admin("/readyz"); status != http.StatusServiceUnavailable {
		t.Errorf("/readyz answers %d, want 503", status)
	}
	i.AwaitLog("restart the server to use it")
	i.Signal(syscall.SIGTERM)
	i.Start()
	i.WantDone([]*stage.File{f})
}

// V7: a file without a row is moved aside and kept, and the log says so.
func TestAFileWithoutARowIsQuarantined(t *testing.T) {
	t.Parallel()
	i := stage.NewProcess(t)
	i.Start()
	i.Signal(syscall.SIGTERM)
	id := strings.Repeat("0", 32)
	path := filepath.Join(i.DataDir, "uploads", id)
	i.Must(os.WriteFile(path, []byte("bytes"), 0o600))
	i.Must(os.Chtimes(path, time.Time{}, time.Now().Add(-2*time.Hour)))
	i.Start()
	i.AwaitLog("bytes without a row moved to the quarantine")
	moved, err := filepath.Glob(filepath.Join(i.DataDir, "uploads", "quarantine", id+".*Z"))
	if err != nil || len(moved) != 1 {
		t.Fatalf("the quarantine has %v, %v", moved, err)
	}
	if content, err := os.ReadFile(moved[0]); err != nil || string(content) != "bytes" {
		t.Errorf("the file has %q, %v", content, err)
	}
	if counted := i.Metric("mediarelay_store_quarantined_total"); counted != 1 {
		t.Errorf("%v files are counted, want 1", counted)
	}
	i.Signal(syscall.SIGTERM)
}
