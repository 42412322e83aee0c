package browserstage

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"mediarelay/internal/config"
	"mediarelay/internal/e2e/stage"
)

// Server is the server of a stage. It can be stopped or killed, and started again on its
// address and its data.
type Server struct {
	*Stage
	Setting
	data    string
	address string
	stop    func() error // in this process
	process *exec.Cmd    // or in one of its own
}

func newServer(s *Stage, as Setting) *Server {
	s.Helper()
	b := &Server{Stage: s, Setting: as, data: s.TempDir(), address: "127.0.0.1:0"}
	channels := filepath.Join(s.TempDir(), "channels.yaml")
	s.Must(os.WriteFile(channels, []byte(
		"channels:\n  "+stage.Channel+":\n    provider: dialog360\n    base_url: "+s.startSandbox()+"\n    api_key_env: ACME_KEY\n"), 0o600))
	b.Env = map[string]string{
		"ACME_KEY": stage.APIKey, "MEDIARELAY_JWT_SECRET": stage.JWTSecret, "MEDIARELAY_CHANNELS_FILE": channels,
		"MEDIARELAY_DATA_DIR": b.data, "MEDIARELAY_ADMIN_LISTEN": "127.0.0.1:0",
		"MEDIARELAY_MIN_FREE": "0", "MEDIARELAY_SHUTDOWN_DELAY": "0s",
	}
	for name, value := range as.Env {
		b.Env[name] = value
	}
	s.Cleanup(func() { b.End(false) })
	return b
}

// URL is that of the public listener.
func (b *Server) URL() string { return "http://" + b.address }

// Start starts the server, after the first time on the same address.
func (b *Server) Start() {
	b.Helper()
	b.Env["MEDIARELAY_LISTEN"] = b.address
	var said *bufio.Scanner
	if b.OwnProcess {
		said = b.spawn()
	} else {
		said, b.stop = stage.Launch(b.TB, b.load(), b.WebFiles)
	}
	address, ok := strings.CutPrefix(said.Text(), "Mediarelay listens on http://")
	if !ok {
		b.Fatalf("the greeting is %q", said.Text())
	}
	b.address = address
	go stage.Drain(said)
}

func (b *Server) load() config.Config {
	b.Helper()
	lookUp := func(name string) (string, bool) { v, ok := b.Env[name]; return v, ok }
	cfg, err := config.Load(config.Settings{}, lookUp)
	b.Must(err)
	return cfg
}

// spawn starts the server in a process of its own and returns its output.
func (b *Server) spawn() *bufio.Scanner {
	b.Helper()
	b.process = exec.Command(stage.Binary(b.TB), "serve")
	b.process.Stderr, b.process.Env = stage.Logs, []string{}
	for name, value := range b.Env {
		b.process.Env = append(b.process.Env, name+"="+value)
	}
	stdout, err := b.process.StdoutPipe()
	b.Must(err)
	b.Must(b.process.Start())
	said := bufio.NewScanner(stdout)
	if !said.Scan() {
		b.Fatal("the server ended without output")
	}
	return said
}

// End stops the server. One in a process of its own can be killed instead.
func (b *Server) End(kill bool) {
	b.Helper()
	if b.stop != nil {
		stop := b.stop
		b.stop = nil
		b.Must(stop())
	}
	if b.process == nil {
		return
	}
	process := b.process
	b.process = nil
	signal := os.Interrupt
	if kill {
		signal = os.Kill
	}
	b.Must(process.Process.Signal(signal))
	_ = process.Wait() // its exit code says how it was ended
}
