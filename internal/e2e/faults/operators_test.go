package faults

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mediarelay/internal/e2e/stage"
)

// What operators read of a running server: its start, who asked what, and how each upload
// ended.
func TestOperatorsSeeWhatHappens(t *testing.T) {
	t.Parallel()
	i := stage.NewProcess(t)
	secret := filepath.Join(t.TempDir(), "jwt.secret")
	i.Must(os.WriteFile(secret, []byte(stage.JWTSecret), 0o600))
	i.Must(os.Chmod(secret, 0o644))
	delete(i.Env, "MEDIARELAY_JWT_SECRET")
	i.Env["MEDIARELAY_JWT_SECRET_FILE"] = secret
	i.Env["MEDIARELAY_TRUSTED_PROXIES"] = "127.0.0.0/8"
	i.Env["MEDIARELAY_PPROF"] = "on"
	i.Start()

	for _, want := range []string{
		`"channels":["` + stage.Channel + `"]`, `"database":"sqlite:` + i.DataDir, `"store":"` + filepath.Join(i.DataDir, "uploads"),
		`"version":"`, `"public_url":""`, `"store_id":"`, `"sandbox":false`,
	} {
		if line := i.ServerLog.LineWith(`"msg":"serving"`); !strings.Contains(line, want) {
			t.Errorf("the start does not say %s: %s", want, line)
		}
	}
	if i.ServerLog.Count(secret) != 1 || !strings.Contains(i.ServerLog.LineWith(secret), `"level":"WARN"`) {
		t.Errorf("the secret's file that others can read is named in %d lines", i.ServerLog.Count(secret))
	}
	if status, _ := i.Admin("/debug/pprof/goroutine"); status != http.StatusOK {
		t.Errorf("pprof answers %d", status)
	}

	id := requestFrom(i, "203.0.113.9", "proxy-request-1")
	i.AwaitLog(`"request_id":"` + id)
	line := i.ServerLog.LineWith(`"request_id":"` + id)
	if id != "proxy-request-1" || !strings.Contains(line, `"client":"203.0.113.9"`) {
		t.Errorf("request %s left %s", id, line)
	}
	if id := requestFrom(i, "203.0.113.9", "x y"); id == "x y" || len(id) != 32 {
		t.Errorf("a strange ID is answered with %q", id)
	}

	files := jpegFiles(t, 1, 100_000)
	i.WantDone(files)
	damaged := &stage.File{Name: "damaged.jpg", Content: files[0].Content[:50_000], ChunkSize: 50_000}
	i.Must(i.CreateSized(t.Context(), damaged, 50_000, stage.Digest([]byte("other"))))
	_, _ = i.Patch(t.Context(), damaged, 0)
	for upload, want := range map[string]map[string]any{
		files[0].ID: {"state": "done", "channel": stage.Channel, "delivery": "sent", "size": float64(len(files[0].Content)), "attempts": 1.0},
		damaged.ID:  {"state": "failed", "channel": stage.Channel, "delivery": "not sent", "code": "digest_mismatch", "size": 50_000.0},
	} {
		wantEnd(i, upload, want)
	}
	if sum := i.Metric("mediarelay_uploads_ended_total"); sum != 2 {
		t.Errorf("%v ends are counted, want 2", sum)
	}
	if i.ServerLog.Count(`"ana"`) > 0 {
		t.Errorf("the log has a subject: %s", i.ServerLog.LineWith(`"ana"`))
	}
}

// requestFrom sends a request as a proxy would and returns the ID of the response.
func requestFrom(i *stage.Process, client, id string) string {
	i.Helper()
	r, err := http.NewRequestWithContext(i.Context(), http.MethodGet, i.URL()+"/v1/assets", http.NoBody)
	i.Must(err)
	r.Header.Set("X-Forwarded-For", "198.51.100.66, "+client)
	r.Header.Set("X-Request-ID", id)
	r.Header.Set("Authorization", "Bearer "+i.Token)
	answer, err := http.DefaultClient.Do(r)
	i.Must(err)
	_, _ = io.Copy(io.Discard, answer.Body)
	i.Must(answer.Body.Close())
	return answer.Header.Get("X-Request-ID")
}

func wantEnd(i *stage.Process, upload string, want map[string]any) {
	i.Helper()
	i.AwaitLog(`"msg":"upload ended","upload":"` + upload)
	line := i.ServerLog.LineWith(`"msg":"upload ended","upload":"` + upload)
	got := map[string]any{}
	i.Must(json.Unmarshal([]byte(line), &got))
	for key, value := range want {
		if got[key] != value {
			i.Errorf("%s of upload %s is %v, want %v: %s", key, upload, got[key], value, line)
		}
	}
	if subject, _ := got["subject"].(string); len(subject) != 12 {
		i.Errorf("the subject of upload %s is %q, want a digest", upload, subject)
	}
	if n := i.ServerLog.Count(`"msg":"upload ended","upload":"` + upload); n != 1 {
		i.Errorf("upload %s left %d lines", upload, n)
	}
}

// A server with the operator's own secret prints no token, even if it is told to be a
// sandbox.
func TestTheSandboxPrintsNoTokenOfAnOwnSecret(t *testing.T) {
	t.Parallel()
	i := stage.NewProcess(t)
	delete(i.Env, "MEDIARELAY_CHANNELS_FILE")
	said := i.Spawn()
	if said.Scan() {
		t.Errorf("without --sandbox it says %q", said.Text())
	}
	if state := i.AwaitExit(); state.ExitCode() != 1 || !strings.Contains(i.ServerLog.All(), "MEDIARELAY_CHANNELS_FILE: it is not set, but MEDIARELAY_JWT_SECRET is") {
		t.Errorf("exit code %d: %s", state.ExitCode(), i.ServerLog.Tail())
	}
	i.Flags = []string{"--sandbox"}
	said = i.Spawn()
	var text strings.Builder
	for range 3 {
		said.Scan()
		text.WriteString(said.Text() + "\n")
	}
	if !strings.Contains(text.String(), "This is the sandbox") || strings.Contains(text.String(), "token=") || strings.Contains(text.String(), "eyJ") {
		t.Errorf("the sandbox says %s", text.String())
	}
}

// The log can be text.
func TestTheLogCanBeText(t *testing.T) {
	t.Parallel()
	i := stage.NewProcess(t)
	i.Env["MEDIARELAY_LOG_FORMAT"] = "text"
	said := i.Spawn()
	said.Scan()
	i.AwaitLog("level=INFO msg=serving ")
}
