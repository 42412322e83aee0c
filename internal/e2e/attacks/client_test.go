package attacks

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"mediarelay/internal/e2e/stage"
)

// otherChannel is a second channel of the server, beside stage.Channel.
const otherChannel = "other"

// startLimited starts a server with two channels and some settings.
func startLimited(t *testing.T, settings map[string]string) *stage.Process {
	t.Helper()
	i := stage.NewProcess(t)
	channels := filepath.Join(t.TempDir(), "channels.yaml")
	text := "channels:\n"
	for _, name := range []string{stage.Channel, otherChannel} {
		text += "  " + name + ":\n    provider: dialog360\n    base_url: " + i.Provider.URL + "\n    api_key_env: ACME_KEY\n"
	}
	i.Must(os.WriteFile(channels, []byte(text), 0o600))
	i.Env["MEDIARELAY_CHANNELS_FILE"] = channels
	for name, value := range settings {
		i.Env[name] = value
	}
	i.Start()
	return i
}

// client is a user of the server with one token, on connections that it keeps.
type client struct {
	*stage.Process
	token string
	http  *http.Client
}

func newClient(i *stage.Process, channel, subject string) *client {
	i.Helper()
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"aud": "mediarelay", "sub": subject, "channel": channel, "scope": "upload assets:read", "exp": time.Now().Add(time.Hour).Unix(),
	}).SignedString([]byte(stage.JWTSecret))
	i.Must(err)
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	i.Cleanup(transport.CloseIdleConnections)
	return &client{Process: i, token: token, http: &http.Client{Transport: transport, Timeout: time.Minute}}
}

// response is an answer of the server with its body.
type response struct {
	status int
	header http.Header
	text   string
}

func (r response) String() string { return fmt.Sprintf("%d %s", r.status, r.text) }

// do sends a request; headers are pairs of name and value.
func (c *client) do(method, path string, body io.Reader, headers ...string) (response, error) {
	r, err := http.NewRequestWithContext(c.Context(), method, c.URL()+path, body)
	if err != nil {
		return response{}, err
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	r.Header.Set("Tus-Resumable", "1.0.0")
	for at := 0; at < len(headers); at += 2 {
		r.Header.Set(headers[at], headers[at+1])
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return response{}, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return response{answer.StatusCode, answer.Header, string(text)}, err
}

// create creates an upload with its first bytes.
func (c *client) create(length int, first []byte, metadata ...string) (response, error) {
	encode := base64.StdEncoding.EncodeToString
	text := "filename " + encode([]byte("notes.txt"))
	for at := 0; at < len(metadata); at += 2 {
		text += "," + metadata[at] + " " + encode([]byte(metadata[at+1]))
	}
	headers := []string{"Upload-Length", fmt.Sprint(length), "Upload-Metadata", text}
	if len(first) > 0 {
		headers = append(headers, "Content-Type", "application/offset+octet-stream")
	}
	return c.do(http.MethodPost, "/files/", bytes.NewReader(first), headers...)
}

// patch sends a chunk.
func (c *client) patch(path string, offset int, chunk []byte) (response, error) {
	return c.do(http.MethodPatch, path, bytes.NewReader(chunk),
		"Content-Type", "application/offset+octet-stream", "Upload-Offset", fmt.Sprint(offset))
}

// want checks the status of an answer and a part of its body.
func want(t testing.TB, r response, err error, status int, part string) {
	t.Helper()
	if err != nil || r.status != status || !bytes.Contains([]byte(r.text), []byte(part)) {
		t.Fatalf("got %v, %v, want %d %s", r, err, status, part)
	}
}
