package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"mediarelay/internal/sandbox"
)

// installation is a server in a process of its own, on data of its own, that may
// die in any way and be started again. The provider is a sandbox in the test's
// process, so what it was given outlives every death.
type installation struct {
	testing.TB
	variables map[string]string
	// under is what the server runs under, such as strace with its arguments.
	under    []string
	program  string // of the commands in TestMain
	data     string
	provider *httptest.Server
	sandbox  *sandbox.Server
	token    string
	// clients are the digests of the files that clients have begun to send.
	clients *sync.Map
	log     *logBook // of all its processes

	address string
	server  *exec.Cmd
	ended   chan struct{}
}

// within bounds what must happen after a start, however a server ended.
const within = time.Minute

func install(t testing.TB) *installation {
	t.Helper()
	return installAt(t, t.TempDir())
}

// installAt is install with the server's data in a folder.
func installAt(t testing.TB, data string) *installation {
	t.Helper()
	i := &installation{TB: t, program: "mediarelay", data: data, log: new(logBook), clients: new(sync.Map), address: "127.0.0.1:0"}
	var err error
	i.sandbox, err = sandbox.New(sandbox.Config{Dir: t.TempDir(), APIKeys: []string{stageKey}})
	i.must(err)
	i.provider = httptest.NewServer(i.sandbox)
	channels := filepath.Join(t.TempDir(), "channels.yaml")
	i.must(os.WriteFile(channels, []byte(
		"channels:\n  "+stageChannel+":\n    provider: dialog360\n    base_url: "+i.provider.URL+"\n    api_key_env: ACME_KEY\n"), 0o600))
	i.variables = map[string]string{
		"ACME_KEY": stageKey, "MEDIARELAY_JWT_SECRET": stageSecret, "MEDIARELAY_CHANNELS_FILE": channels,
		"MEDIARELAY_DATA_DIR": i.data, "MEDIARELAY_ADMIN_LISTEN": "127.0.0.1:0", "PATH": os.Getenv("PATH"),
	}
	i.token, err = jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"aud": "mediarelay", "sub": "ana", "channel": stageChannel, "scope": "upload assets:read", "exp": time.Now().Add(time.Hour).Unix(),
	}).SignedString([]byte(stageSecret))
	i.must(err)
	t.Cleanup(func() {
		i.signal(syscall.SIGKILL)
		i.wantNothingForeign()
		i.must(i.sandbox.Close()) // which ends what a fault holds, and Close below waits for
		i.provider.Close()
		i.wantNoSecretInTheLog()
	})
	return i
}

// start starts a process, and waits until it serves.
func (i *installation) start() {
	i.Helper()
	serving := strings.Count(i.log.all(), `"msg":"serving"`)
	said := i.spawn()
	if !said.Scan() {
		<-i.ended
		i.Fatalf("the server ended without a word: %s", i.log.tail())
	}
	address, ok := strings.CutPrefix(said.Text(), "Mediarelay listens on http://")
	if !ok {
		i.Fatalf("the greeting is %q", said.Text())
	}
	if i.address != address { // else clients of the process before are reading it
		i.address = address
	}
	go drain(said)
	for deadline := time.Now().Add(within); strings.Count(i.log.all(), `"msg":"serving"`) == serving && time.Now().Before(deadline); {
		<-time.After(time.Millisecond) // the log is another pipe, and may be behind
	}
}

// spawn runs the test's own binary under a name that TestMain knows.
func (i *installation) spawn() *bufio.Scanner {
	i.Helper()
	self, err := os.Executable()
	i.must(err)
	program := filepath.Join(i.TempDir(), i.program)
	i.must(os.Symlink(self, program))
	line := append(append([]string{}, i.under...), program, "serve")
	i.server = exec.Command(line[0], line[1:]...)
	i.server.Stderr = i.log
	// What it runs under dies with it.
	i.server.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	i.variables["MEDIARELAY_LISTEN"] = i.address
	for name, value := range i.variables {
		i.server.Env = append(i.server.Env, name+"="+value)
	}
	reader, stdout, err := os.Pipe()
	i.must(err)
	i.server.Stdout = stdout
	i.must(i.server.Start())
	i.must(stdout.Close())
	i.ended = make(chan struct{})
	go func(server *exec.Cmd, ended chan struct{}) {
		_ = server.Wait() // its state says how it ended
		close(ended)
	}(i.server, i.ended)
	i.Cleanup(func() { _ = reader.Close() })
	return bufio.NewScanner(reader)
}

// signal sends a signal to the process and to what it runs under, and for one
// that ends it waits for the end. There may be no process.
func (i *installation) signal(s syscall.Signal) {
	i.Helper()
	if i.server == nil {
		return
	}
	_ = syscall.Kill(-i.server.Process.Pid, s) // it may have ended by itself
	if s == syscall.SIGKILL || s == syscall.SIGTERM {
		i.awaitDeath()
	}
}

// awaitDeath waits until the process has ended and says how.
func (i *installation) awaitDeath() *os.ProcessState {
	i.Helper()
	select {
	case <-i.ended:
	case <-time.After(within):
		i.Fatalf("the server does not end: %s", i.log.tail())
	}
	state := i.server.ProcessState
	i.server = nil
	return state
}

func (i *installation) url() string { return "http://" + i.address }

var adminAddress = regexp.MustCompile(`"msg":"serving".*"admin":"([^"]+)"`)

// admin asks the private listener of the process that runs.
func (i *installation) admin(path string) (status int, text string) {
	i.Helper()
	found := adminAddress.FindAllStringSubmatch(i.log.all(), -1)
	if len(found) == 0 {
		i.Fatalf("the log names no admin address: %s", i.log.tail())
	}
	answer, err := http.Get("http://" + found[len(found)-1][1] + path)
	i.must(err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	i.must(err)
	return answer.StatusCode, string(body)
}

// metric is the sum of a metric over its labels, in the process that runs.
func (i *installation) metric(name string) (sum float64) {
	i.Helper()
	_, text := i.admin("/metrics")
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) == 2 && (fields[0] == name || strings.HasPrefix(fields[0], name+"{")) {
			value, err := strconv.ParseFloat(fields[1], 64)
			i.must(err)
			sum += value
		}
	}
	return sum
}

// upload is what the server says of an upload.
type upload struct {
	State  string
	Offset int64
	Asset  *struct {
		MediaID string `json:"media_id"`
		Handle  string
		SHA256  string
	}
	Problem *struct{ Code string }
}

// ended waits until an upload has ended, through every death of the server.
func (i *installation) awaitUpload(ctx context.Context, id string) (u upload, err error) {
	for err = errors.New("never asked"); err != nil; {
		select {
		case <-ctx.Done():
			return u, fmt.Errorf("upload %s is %s: %w, %w", id, u.State, ctx.Err(), err)
		case <-time.After(20 * time.Millisecond): // a process that is gone sends no event
		}
		u, err = i.listen(ctx, id)
	}
	return u, nil
}

// listen reads the upload's events to their end, as the page does.
func (i *installation) listen(ctx context.Context, id string) (u upload, err error) {
	answer, err := i.request(ctx, http.MethodGet, i.url()+"/v1/uploads/"+id+"/events", nil)
	if err != nil {
		return u, err
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data:")
		if !ok {
			continue
		}
		if err := json.Unmarshal([]byte(data), &u); err != nil {
			return u, err
		}
		if u.State == "done" || u.State == "refused" || u.State == "failed" {
			return u, nil
		}
	}
	return u, fmt.Errorf("the events ended with %q: %w", u.State, errors.Join(lines.Err(), io.ErrUnexpectedEOF))
}

// request sends one request; body may be nil. A server that is gone is an error.
func (i *installation) request(ctx context.Context, method, url string, body io.Reader, headers ...string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+i.token)
	r.Header.Set("Tus-Resumable", "1.0.0")
	for at := 0; at < len(headers); at += 2 {
		r.Header.Set(headers[at], headers[at+1])
	}
	return (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
}

func (i *installation) wantNoSecretInTheLog() {
	i.Helper()
	for _, secret := range []string{stageKey, stageSecret, i.token[strings.LastIndex(i.token, ".")+1:]} {
		if line := i.log.lineWith(secret); line != "" {
			i.Errorf("a secret is in the log: %s", strings.ReplaceAll(line, secret, "…"))
		}
	}
}

func (i *installation) must(err error) {
	i.Helper()
	if err != nil {
		i.Fatal(err)
	}
}

func (b *logBook) all() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// tail is the end of the log, for the message of a test that failed.
func (b *logBook) tail() string {
	all := b.all()
	return all[max(0, len(all)-2000):]
}
