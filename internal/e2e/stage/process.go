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

	"mediarelay/internal/sandbox"
)

// Process is a server in a process of its own, with data of its own. It may die in any way
// and be started again. The provider is a sandbox in the test's process, so its state
// survives every death.
type Process struct {
	testing.TB
	Env map[string]string
	// Wrapper is a command line that the server runs under, such as strace.
	Wrapper []string
	// Flags are added to the command line.
	Flags []string
	// Program is one of Suite.Programs. Empty means the mediarelay command.
	Program  string
	DataDir  string
	Provider *httptest.Server
	Sandbox  *sandbox.Server
	Token    string
	// sentDigests are the digests of all files that clients started to send.
	sentDigests *sync.Map
	ServerLog   *LogBook // of all its processes

	Address string
	Command *exec.Cmd
	Ended   chan struct{}
}

// NewProcess prepares a server on an empty data folder. Start starts it.
func NewProcess(t testing.TB) *Process {
	t.Helper()
	return NewProcessAt(t, t.TempDir())
}

// WithoutQuotas lets one subject have any number of unfinished uploads.
func (i *Process) WithoutQuotas() {
	i.Env["MEDIARELAY_QUOTA_OPEN_UPLOADS"], i.Env["MEDIARELAY_QUOTA_OPEN_BYTES"] = "0", "0"
}

// NewProcessAt is NewProcess with the data in a folder.
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
		"MEDIARELAY_MIN_FREE": "0", "MEDIARELAY_SHUTDOWN_DELAY": "0s",
	}
	i.Token = i.Sign(nil)
	t.Cleanup(func() {
		i.Signal(syscall.SIGKILL)
		i.wantClientFilesOnly()
		i.Must(i.Sandbox.Close()) // ends the requests that a fault holds open; Close below waits for them
		i.Provider.Close()
		i.wantNoSecretsInLog()
	})
	return i
}

// Start starts a process and waits until it serves.
func (i *Process) Start() {
	i.Helper()
	serving := strings.Count(i.ServerLog.All(), `"msg":"serving"`)
	said := i.Spawn()
	if !said.Scan() {
		<-i.Ended
		i.Fatalf("the server ended without output: %s", i.ServerLog.Tail())
	}
	address, ok := strings.CutPrefix(said.Text(), "Mediarelay listens on http://")
	if !ok {
		i.Fatalf("the greeting is %q", said.Text())
	}
	if i.Address != address { // otherwise clients of the previous process read it concurrently
		i.Address = address
	}
	go Drain(said)
	for deadline := time.Now().Add(RecoveryTimeout); strings.Count(i.ServerLog.All(), `"msg":"serving"`) == serving && time.Now().Before(deadline); {
		<-time.After(time.Millisecond) // the log is another pipe and may lag
	}
}

// Spawn starts a process and returns its output. It does not wait until it serves.
func (i *Process) Spawn() *bufio.Scanner {
	i.Helper()
	line := append(append([]string{}, i.Wrapper...), i.program(), "serve")
	line = append(line, i.Flags...)
	i.Command = exec.Command(line[0], line[1:]...)
	i.Command.Stderr = i.ServerLog
	// A process group of its own: the wrapper is killed with it.
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

// Signal sends a signal to the process and to what it runs under. After SIGTERM and
// SIGKILL it waits for the end. Without a process it does nothing.
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

// AwaitExit waits until the process has ended.
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

// URL is that of the public listener.
func (i *Process) URL() string { return "http://" + i.Address }

func (i *Process) wantNoSecretsInLog() {
	i.Helper()
	for _, secret := range []string{APIKey, JWTSecret, i.Token[strings.LastIndex(i.Token, ".")+1:]} {
		if line := i.ServerLog.LineWith(secret); line != "" {
			i.Errorf("a secret is in the log: %s", strings.ReplaceAll(line, secret, "…"))
		}
	}
}

// Must fails the test if err is not nil.
func (i *Process) Must(err error) {
	i.Helper()
	if err != nil {
		i.Fatal(err)
	}
}

// Replica is another server on the same data, database and provider.
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
