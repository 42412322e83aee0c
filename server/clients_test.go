package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mediarelay/internal/media"
)

// Other people's clients, unchanged, against a server on a sandbox.

func TestTusJSClientPausesAndResumes(t *testing.T) {
	node := need(t, "node", "node")
	if _, err := os.Stat("../web/node_modules/tus-js-client"); err != nil {
		lack(t, "node", "tus-js-client is not installed: run make test, or npm ci in web/")
	}
	s := start(t, t.TempDir())
	content := notes(20_000_000)
	path := filepath.Join(t.TempDir(), "notes.txt")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	said := s.client(node, "../web/test/tus-js-client.mjs", s.url+"/files/", path)
	s.wantRelayed(filepath.Base(said), content)
}

func TestPlainCurlUploads(t *testing.T) {
	need(t, "curl", "curl")
	s := start(t, t.TempDir())
	content := notes(2_500_000)
	path := filepath.Join(t.TempDir(), "Größe & Preis.txt")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	said := s.client("/bin/sh", "../docs/upload-with-curl.sh", s.url, path, "message")
	var outcome struct {
		ID    string
		State string
	}
	if err := json.Unmarshal([]byte(said), &outcome); err != nil || outcome.State != "done" {
		t.Fatalf("the script said %q, %v", said, err)
	}
	s.wantRelayed(outcome.ID, content)
}

// client runs a program with the server's token and returns the last line that it says.
func (s *running) client(program string, arguments ...string) string {
	s.t.Helper()
	cmd := exec.CommandContext(s.t.Context(), program, arguments...)
	cmd.Env = append(os.Environ(), "MEDIARELAY_TOKEN="+s.token)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		s.t.Fatalf("%s: %v\n%s%s", strings.Join(cmd.Args, " "), err, stdout.String(), stderr.String())
	}
	lines := strings.Split(strings.TrimSpace(stdout.String()), "\n")
	return lines[len(lines)-1]
}

// wantRelayed waits for an upload's end and compares its digest.
func (s *running) wantRelayed(id string, content []byte) {
	s.t.Helper()
	_, events := s.ask("GET", s.url+"/v1/uploads/"+id+"/events", nil, nil)
	if !strings.Contains(events, `"state":"done"`) || !strings.Contains(events, digestOf(content)) {
		s.t.Errorf("upload %s is not relayed whole:\n%s", id, events)
	}
	_, list := s.ask("GET", s.url+"/v1/assets?sha256="+digestOf(content), nil, nil)
	var page struct {
		Items []struct {
			MediaID media.MediaID `json:"media_id"`
		}
	}
	if err := json.Unmarshal([]byte(list), &page); err != nil || len(page.Items) != 1 || page.Items[0].MediaID == "" {
		s.t.Errorf("the library says %s, %v, want one asset with a media ID", list, err)
	}
}
