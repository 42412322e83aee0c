package main

import (
	"bufio"
	"context"
	"database/sql"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"mediarelay/internal/config"
)

// backstage is the server of a stage. It can be stopped, killed and started
// again on its address and its data.
type backstage struct {
	*stage
	setting
	data    string
	address string
	stop    func() error // in this process
	process *exec.Cmd    // or in one of its own
}

func newBackstage(s *stage, as setting) *backstage {
	s.Helper()
	b := &backstage{stage: s, setting: as, data: s.TempDir(), address: "127.0.0.1:0"}
	channels := filepath.Join(s.TempDir(), "channels.yaml")
	s.must(os.WriteFile(channels, []byte(
		"channels:\n  "+stageChannel+":\n    provider: dialog360\n    base_url: "+s.emulate()+"\n    api_key_env: ACME_KEY\n"), 0o600))
	b.variables = map[string]string{
		"ACME_KEY": stageKey, "MEDIARELAY_JWT_SECRET": stageSecret, "MEDIARELAY_CHANNELS_FILE": channels,
		"MEDIARELAY_DATA_DIR": b.data, "MEDIARELAY_ADMIN_LISTEN": "127.0.0.1:0",
	}
	for name, value := range as.variables {
		b.variables[name] = value
	}
	s.Cleanup(func() { b.end(false) })
	return b
}

func (b *backstage) url() string { return "http://" + b.address }

// start starts the server and reads where it listens: the second time, where it did before.
func (b *backstage) start() {
	b.Helper()
	b.variables["MEDIARELAY_LISTEN"] = b.address
	var said *bufio.Scanner
	if b.ownProcess {
		said = b.spawn()
	} else {
		said, b.stop = launch(b.TB, b.load(), b.files)
	}
	address, ok := strings.CutPrefix(said.Text(), "Mediarelay listens on http://")
	if !ok {
		b.Fatalf("the greeting is %q", said.Text())
	}
	b.address = address
	go drain(said)
}

func (b *backstage) load() config.Config {
	b.Helper()
	lookUp := func(name string) (string, bool) { v, ok := b.variables[name]; return v, ok }
	cfg, err := config.Load(config.Settings{}, lookUp)
	b.must(err)
	return cfg
}

// spawn runs the test's own binary as mediarelay; TestMain sees to that.
func (b *backstage) spawn() *bufio.Scanner {
	b.Helper()
	self, err := os.Executable()
	b.must(err)
	b.process = &exec.Cmd{Path: self, Args: []string{"mediarelay", "serve"}, Stderr: logs}
	for name, value := range b.variables {
		b.process.Env = append(b.process.Env, name+"="+value)
	}
	stdout, err := b.process.StdoutPipe()
	b.must(err)
	b.must(b.process.Start())
	said := bufio.NewScanner(stdout)
	if !said.Scan() {
		b.Fatal("the server ended without a word")
	}
	return said
}

// end ends the server: in peace, or for one in its own process by SIGKILL.
func (b *backstage) end(kill bool) {
	b.Helper()
	if b.stop != nil {
		stop := b.stop
		b.stop = nil
		b.must(stop())
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
	b.must(process.Process.Signal(signal))
	_ = process.Wait() // its exit code says how it was ended
}

// held is what the server has of one upload.
type held struct {
	ID, Filename, State, SHA256 string
	Length, Stored              int64
	file                        string
}

// held lists the uploads that the server knows of, oldest first.
func (b *backstage) held() []held {
	b.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.data, "mediarelay.db")+"?mode=ro&_pragma=busy_timeout(5000)")
	b.must(err)
	defer db.Close()
	rows, err := db.QueryContext(context.Background(), "SELECT id, filename, state, sha256, length FROM uploads ORDER BY created_at, id")
	b.must(err)
	defer rows.Close()
	var list []held
	for rows.Next() {
		var h held
		b.must(rows.Scan(&h.ID, &h.Filename, &h.State, &h.SHA256, &h.Length))
		h.file = filepath.Join(b.data, "uploads", h.ID)
		if info, err := os.Stat(h.file); err == nil {
			h.Stored = info.Size()
		}
		list = append(list, h)
	}
	b.must(rows.Err())
	return list
}

// strays lists the files of the store that belong to no upload.
func (b *backstage) strays() []string {
	b.Helper()
	known := map[string]bool{".mediarelay": true}
	for _, h := range b.held() {
		known[h.ID] = true
	}
	var list []string
	b.must(fs.WalkDir(os.DirFS(filepath.Join(b.data, "uploads")), ".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && !known[filepath.Base(path)] {
			list = append(list, path)
		}
		return err
	}))
	return list
}
