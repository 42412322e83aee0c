package faults

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"mediarelay/internal/e2e/stage"
)

// A file that arrives with another digest than announced ends as failed, permanently, and
// the provider gets nothing of it.
func TestDamagedFileFails(t *testing.T) {
	s := stage.StartServer(t, t.TempDir())
	content := stage.Photo(t)
	damaged := append([]byte{}, content...)
	damaged[len(damaged)/2] ^= 1
	answer, text := s.Do(http.MethodPost, s.URL+"/files/", strings.NewReader(string(damaged)), map[string]string{
		"Upload-Length":   fmt.Sprint(len(content)),
		"Upload-Metadata": "sha256 " + base64.StdEncoding.EncodeToString([]byte(stage.Digest(content))),
		"Content-Type":    "application/offset+octet-stream",
	})
	if answer.StatusCode != http.StatusCreated {
		t.Fatalf("creation: %s %s", answer.Status, text)
	}
	id := filepath.Base(answer.Header.Get("Location"))
	_, events := s.Do(http.MethodGet, s.URL+"/v1/uploads/"+id+"/events", nil, nil)
	for _, want := range []string{`"state":"failed"`, `"code":"digest_mismatch"`, `"retryable":false`, "Upload it again."} {
		if !strings.Contains(events, want) {
			t.Errorf("%s is missing in the events:\n%s", want, events)
		}
	}
	retry, text := s.Do(http.MethodPost, s.URL+"/v1/uploads/"+id+"/retry", nil, nil)
	if retry.StatusCode != http.StatusConflict || !strings.Contains(text, `"code":"conflict"`) {
		t.Errorf("retry: %s %s", retry.Status, text)
	}
	if _, list := s.Do(http.MethodGet, s.URL+"/v1/assets", nil, nil); !strings.Contains(list, `"items":[]`) {
		t.Errorf("the library holds %s", list)
	}
	if err := s.Stop(); err != nil {
		t.Errorf("stopped with %v", err)
	}
}

// A chunk that was damaged in transit is detected at once, through every layer of the
// server, and costs one chunk.
func TestDamagedChunkIsSentAgain(t *testing.T) {
	s := stage.StartServer(t, t.TempDir())
	content := stage.Photo(t)
	upload := s.Create(len(content), nil)
	sum := sha256.Sum256(content)
	send := func(body []byte) (*http.Response, string) {
		return s.Do(http.MethodPatch, upload, strings.NewReader(string(body)), map[string]string{
			"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream",
			"Upload-Checksum": "sha256 " + base64.StdEncoding.EncodeToString(sum[:]),
		})
	}
	damaged := append([]byte{}, content...)
	damaged[0] ^= 1
	answer, text := send(damaged)
	var problem struct{ Code string }
	if err := json.Unmarshal([]byte(text), &problem); err != nil || answer.StatusCode != 460 || problem.Code != "checksum_mismatch" {
		t.Fatalf("got %s %s, %v, want 460", answer.Status, text, err)
	}
	if got := answer.Header.Get("Upload-Offset"); got != "0" {
		t.Errorf("offset %q, want 0", got)
	}
	if answer, text := send(content); answer.StatusCode != http.StatusNoContent {
		t.Fatalf("sent again: %s %s", answer.Status, text)
	}
	s.WantRelayed(filepath.Base(upload), content)
}
