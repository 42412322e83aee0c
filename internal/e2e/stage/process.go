package stage

import (
	"bufio"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
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
type Process struct {
	testing.TB
	Env map[string]string
	// under is what the server runs under, such as strace with its arguments.
	Wrapper []string
	// Program is one of Suite.Programs. Empty means the mediarelay command.
	Program  string
	DataDir  string
	Provider *httptest.Server
	Sandbox  *sandbox.Server
	Token    string
	// clients are the digests of the files that clients have begun to send.
	sentDigests *sync.Map
	ServerLog   *LogBook // of all its processes

	Address string
	Command *exec.Cmd
	Ended   chan struct{}
}

func NewProcess(t testing.TB) *Process {
	t.Helper()
	return NewProcessAt(t, t.TempDir())
}

// installAt is install with the server's data in a folder.
func NewProcessAt(t testing.TB, data string) *Process {
	t.Helper()
	i := &Process{TB: t, DataDir: data, ServerLog: new(LogBook), sentDigests: new(sync.Map), Address: "127.0.0.1:0"}
	var err error
	i.Sandbox, err = sandbox.New(sandbox.Config{Dir: t.TempDir(), APIKeys: []string{APIKey}})
	i.Must(err)
	i.Provider = httptest.NewServer(i.Sandbox)
	channels := filepath.Join(t.TempDir(), "channels.yaml")
	i.Must(os.WriteFile(channels, []byte(
		"channels:\n  "+Channel+":\n    provider: dialog360\n    base_url: "+i.Provider.URL+"\n    api_key_env: ACME_KEY\n"), 0o600))
	i.Env = map[string]string{
		"ACME_KEY": APIKey, "MEDIARELAY_JWT_SECRET": JWTSecret, "MEDIARELAY_CHANNELS_FILE": channels,
		"MEDIARELAY_DATA_DIR": i.DataDir, "MEDIARELAY_ADMIN_LISTEN": "127.0.0.1:0", "PATH": os.Getenv("PATH"),
	}
	i.Token, err = jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"aud": "mediarelay", "sub": "ana", "channel": Channel, "scope": "upload assets:read", "exp": time.Now().Add(time.Hour).Unix(),
	}).SignedString([]byte(JWTSecret))
	i.Must(err)
	t.Cleanup(func() {
		i.Signal(syscall.SIGKILL)
		i.wantClientFilesOnly()
		i.Must(i.Sandbox.Close()) // which ends what a fault holds, and Close below waits for
		i.Provider.Close()
		i.wantNoSecretsInLog()
	})
	return i
}

// start starts a process, and waits until it serves.
func (i *Process) Start() {
	i.Helper()
	serving := strings.Count(i.ServerLog.All(), `"msg":"serving"`)
	said := i.Spawn()
	if !said.Scan() {
		<-i.Ended
		i.Fatalf("the server ended without a word: %s", i.ServerLog.Tail())
	}
	address, ok := strings.CutPrefix(said.Text(), "Mediarelay listens on http://")
	if !ok {
		i.Fatalf("the greeting is %q", said.Text())
	}
	if i.Address != address { // else clients of the process before are reading it
		i.Address = address
	}
	go Drain(said)
	for deadline := time.Now().Add(RecoveryTimeout); strings.Count(i.ServerLog.All(), `"msg":"serving"`) == serving && time.Now().Before(deadline); {
		<-time.After(time.Millisecond) // the log is another pipe, and may be behind
	}
}

// Spawn starts a process and returns its output. It does not wait until it serves.
func (i *Process) Spawn() *bufio.Scanner {
	i.Helper()
	line := append(append([]string{}, i.Wrapper...), i.program(), "serve")
	i.Command = exec.Command(line[0], line[1:]...)
	i.Command.Stderr = i.ServerLog
	// What it runs under dies with it.
	i.Command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	i.Env["MEDIARELAY_LISTEN"] = i.Address
	for name, value := range i.Env {
		i.Command.Env = append(i.Command.Env, name+"="+value)
	}
	reader, stdout, err := os.Pipe()
	i.Must(err)
	i.Command.Stdout = stdout
	i.Must(i.Command.Start())
	i.Must(stdout.Close())
	i.Ended = make(chan struct{})
	go func(server *exec.Cmd, ended chan struct{}) {
		_ = server.Wait() // its state says how it ended
		close(ended)
	}(i.Command, i.Ended)
	i.Cleanup(func() { _ = reader.Close() })
	return bufio.NewScanner(reader)
}

// signal sends a signal to the process and to what it runs under, and for one
// that ends it waits for the end. There may be no process.
func (i *Process) Signal(s syscall.Signal) {
	i.Helper()
	if i.Command == nil {
		return
	}
	_ = syscall.Kill(-i.Command.Process.Pid, s) // it may have ended by itself
	if s == syscall.SIGKILL || s == syscall.SIGTERM {
		i.AwaitExit()
	}
}

// program is the path of the server's program.
func (i *Process) program() string {
	i.Helper()
	if i.Program == "" {
		return Binary(i.TB)
	}
	self, err := os.Executable()
	i.Must(err)
	path := filepath.Join(i.TempDir(), i.Program)
	i.Must(os.Symlink(self, path))
	return path
}

// awaitDeath waits until the process has ended and says how.
func (i *Process) AwaitExit() *os.ProcessState {
	i.Helper()
	select {
	case <-i.Ended:
	case <-time.After(RecoveryTimeout):
		i.Fatalf("the server does not end: %s", i.ServerLog.Tail())
	}
	state := i.Command.ProcessState
	i.Command = nil
	return state
}

func (i *Process) URL() string { return "http://" + i.Address }

func (i *Process) wantNoSecretsInLog() {
	i.Helper()
	for _, secret := range []string{APIKey, JWTSecret, i.Token[strings.LastIndex(i.Token, ".")+1:]} {
		if line := i.ServerLog.LineWith(secret); line != "" {
			i.Errorf("a secret is in the log: %s", strings.ReplaceAll(line, secret, "…"))
		}
	}
}

func (i *Process) Must(err error) {
	i.Helper()
	if err != nil {
		i.Fatal(err)
	}
}

// beside is another replica: the same data, database and provider.
func (i *Process) Replica() *Process {
	other := *i
	other.Env = map[string]string{}
	for name, value := range i.Env {
		other.Env[name] = value
	}
	other.Program, other.Address, other.ServerLog, other.Command = "", "127.0.0.1:0", new(LogBook), nil
	i.Cleanup(func() { other.Signal(syscall.SIGKILL) })
	return &other
}
