package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"io/fs"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"mediarelay/internal/config"
)

const patience = 20 * time.Second // for what must happen; nothing waits for it to pass

// running is a server in this process.
type running struct {
	t     *testing.T
	url   string
	token string
	stop  func() error
}

func settings(dir string) config.Settings {
	return config.Settings{Listen: "127.0.0.1:0", AdminListen: "127.0.0.1:0", DataDir: dir}
}

func noVariables(string) (string, bool) { return "", false }

func load(t *testing.T, s config.Settings) config.Config {
	t.Helper()
	cfg, err := config.Load(s, noVariables)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// start starts a server on the sandbox and reads its greeting.
func start(t *testing.T, dir string) *running {
	t.Helper()
	said, stop := launch(t, load(t, settings(dir)), webFiles)
	s := &running{t: t, stop: stop}
	s.readGreeting(said)
	return s
}

// launch runs a server until the test ends or stop is called, and gives the
// first line of what it says.
func launch(t testing.TB, cfg config.Config, files fs.FS) (said *bufio.Scanner, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	reader, stdout := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := serveWith(ctx, cfg, site{files: files, stdout: stdout})
		_ = stdout.CloseWithError(io.EOF)
		ended <- err
	}()
	t.Cleanup(cancel)
	said = bufio.NewScanner(reader)
	if !said.Scan() {
		t.Fatalf("the server ended without a word: %v", awaitEnd(t, ended))
	}
	return said, func() error { cancel(); return awaitEnd(t, ended) }
}

func awaitEnd(t testing.TB, ended <-chan error) error {
	t.Helper()
	select {
	case err := <-ended:
		return err
	case <-time.After(patience):
		t.Fatal("the server does not stop")
	}
	return nil
}

var webFiles = fstest.MapFS{
	"index.html":             {Data: []byte("<!doctype html><title>Upload</title>")},
	"widget/media-upload.js": {Data: []byte("element")},
	"assets/page.js":         {Data: []byte("page")},
}

var greeting = regexp.MustCompile(`^Open (http://127\.0\.0\.1:\d+)/#token=(\S+)$`)

func (s *running) readGreeting(said *bufio.Scanner) {
	s.t.Helper()
	found := greeting.FindStringSubmatch(said.Text())
	if found == nil {
		s.t.Fatalf("the greeting is %q", said.Text())
	}
	s.url, s.token = found[1], found[2]
	if !said.Scan() || !strings.Contains(said.Text(), "sandbox") {
		s.t.Errorf("the second line does not say that it is the sandbox: %q", said.Text())
	}
	go drain(said)
}

// drain lets the server say what it likes.
func drain(said *bufio.Scanner) {
	for said.Scan() {
	}
}

// ask sends a tus or API request.
func (s *running) ask(method, url string, body io.Reader, headers map[string]string) (*http.Response, string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, url, body)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
	r.Header.Set("Tus-Resumable", "1.0.0")
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	answer, err := client.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer, string(text)
}

// create makes an upload with its first bytes and returns its URL.
func (s *running) create(length int, first []byte) string {
	s.t.Helper()
	encode := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	answer, text := s.ask(http.MethodPost, s.url+"/files/", bytes.NewReader(first), map[string]string{
		"Upload-Length":   fmt.Sprint(length),
		"Upload-Metadata": "filename " + encode("a.jpg") + ",purpose " + encode("message,template"),
		"Content-Type":    "application/offset+octet-stream",
	})
	if answer.StatusCode != http.StatusCreated {
		s.t.Fatalf("creation: %s %s", answer.Status, text)
	}
	return answer.Header.Get("Location")
}

func photo(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewYCbCr(image.Rect(0, 0, 320, 200), image.YCbCrSubsampleRatio420), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAFileComesBackAsMediaIDAndHandle(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent(),
		// tusd lets a request's context live on for its grace time, 5 s.
		goleak.IgnoreAnyFunction("github.com/tus/tusd/v2/pkg/handler.newDelayedContext.func1"))
	s := start(t, t.TempDir())
	content := photo(t)
	id := filepath.Base(s.create(len(content), content))
	_, events := s.ask(http.MethodGet, s.url+"/v1/uploads/"+id+"/events", nil, nil)
	for _, want := range []string{`"state":"done"`, `"media_id":"`, `"handle":"`, `"created_by":"demo"`} {
		if !strings.Contains(events, want) {
			t.Errorf("%s is missing in the events:\n%s", want, events)
		}
	}
	if err := s.stop(); err != nil {
		t.Errorf("stopped with %v", err)
	}
}

func TestAStopKeepsTheBytesThatArrived(t *testing.T) {
	dir := t.TempDir()
	s := start(t, dir)
	content := photo(t)
	upload := s.create(len(content), nil)
	arrived := len(content) / 2
	conn := s.sendHalf(upload, content[:arrived], len(content))
	defer conn.Close()
	s.awaitOffset(upload, arrived)

	if err := s.stop(); err != nil {
		t.Errorf("stopped with %v", err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || answer.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("the interrupted chunk was answered %v, %v, want 503", answer, err)
	}

	again := start(t, dir)
	id := filepath.Base(upload)
	head, _ := again.ask(http.MethodHead, again.url+"/files/"+id, nil, nil)
	if got := head.Header.Get("Upload-Offset"); got != fmt.Sprint(arrived) {
		t.Errorf("offset %s after the restart, want %d", got, arrived)
	}
	if err := again.stop(); err != nil {
		t.Errorf("stopped with %v", err)
	}
}

// sendHalf sends the beginning of a chunk and leaves the connection open.
func (s *running) sendHalf(upload string, half []byte, whole int) net.Conn {
	s.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		s.t.Fatal(err)
	}
	_ = conn.SetDeadline(time.Now().Add(patience))
	_, err = fmt.Fprintf(conn, "PATCH %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nTus-Resumable: 1.0.0\r\n"+
		"Upload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: %d\r\n\r\n%s",
		strings.TrimPrefix(upload, s.url), s.token, whole, half)
	if err != nil {
		s.t.Fatal(err)
	}
	return conn
}

// awaitOffset waits on the upload's events, since a HEAD would interrupt the chunk.
func (s *running) awaitOffset(upload string, offset int) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.url+"/v1/uploads/"+filepath.Base(upload)+"/events", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
	answer, err := (&http.Client{Timeout: patience}).Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		if strings.Contains(lines.Text(), fmt.Sprintf(`"offset":%d,`, offset)) {
			return
		}
	}
	s.t.Fatalf("the events never told of offset %d", offset)
}

func TestAnAddressThatIsTaken(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for variable, edit := range map[string]func(*config.Settings){
		"MEDIARELAY_LISTEN":       func(s *config.Settings) { s.Listen = taken.Addr().String() },
		"MEDIARELAY_ADMIN_LISTEN": func(s *config.Settings) { s.AdminListen = taken.Addr().String() },
	} {
		t.Run(variable, func(t *testing.T) {
			given := settings(t.TempDir())
			edit(&given)
			err := serveWith(t.Context(), load(t, given), site{files: webFiles, stdout: io.Discard})
			if err == nil || !strings.HasPrefix(err.Error(), variable+": ") || !strings.Contains(err.Error(), "address already in use") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestTheHealthCheckOfARunningServer(t *testing.T) {
	s := start(t, t.TempDir())
	var said bytes.Buffer
	check := healthCommand{Listen: strings.TrimPrefix(s.url, "http://")}
	if err := check.Run(t.Context(), &said); err != nil || said.String() != "ok\n" {
		t.Errorf("%v, %q", err, said.String())
	}
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	if err := check.Run(t.Context(), io.Discard); err == nil {
		t.Error("a stopped server is healthy")
	}
}

func TestWhereAnAddressIsReached(t *testing.T) {
	for host, want := range map[string]string{
		"": "localhost", "0.0.0.0": "localhost", "::": "localhost", "127.0.0.1": "127.0.0.1", "media.internal": "media.internal",
	} {
		if got := reachable(host); got != want {
			t.Errorf("%q: %q, want %q", host, got, want)
		}
	}
}

func TestTheSandboxAlone(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	said, stdout := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- (&sandboxCommand{Listen: "127.0.0.1:0"}).Run(ctx, stdout) }()
	lines := bufio.NewScanner(said)
	lines.Scan()
	url := regexp.MustCompile(`http://\S+$`).FindString(lines.Text())
	go func() { _, _ = io.Copy(io.Discard, said) }()
	answer, err := http.Post(url+"/media", "text/plain", strings.NewReader("no key"))
	if err != nil {
		t.Fatalf("%q: %v", lines.Text(), err)
	}
	_ = answer.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	if answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("without a key: %s, want 401", answer.Status)
	}
	cancel()
	if err := awaitEnd(t, ended); err != nil && !errors.Is(err, http.ErrServerClosed) {
		t.Errorf("stopped with %v", err)
	}
}
