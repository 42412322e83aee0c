package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// server is a program to measure.
type server struct {
	name    string
	command func(dir string) *exec.Cmd
	// plain says that it takes a file as one request without tus.
	plain bool
	// needsToken says that it is mediarelay.
	needsToken bool
}

func servers(o options) []server {
	self, _ := os.Executable() // on Linux it cannot fail
	peer := func(name string) func(string) *exec.Cmd {
		return func(dir string) *exec.Cmd { return exec.Command(self, "peer", name, dir) }
	}
	all := []server{
		{name: "bare", command: peer("bare"), plain: true},
		{name: "tusd", command: peer("tusd")},
	}
	if o.before != "" {
		all = append(all, server{name: "before", command: mediarelay(o.before), needsToken: true})
	}
	return append(all, server{name: "mediarelay", command: mediarelay(o.program), needsToken: true})
}

// mediarelay runs the server with SQLite and a folder. Its channel's provider cannot be
// reached, so the channel pauses after a few attempts and the uploads wait: a relay would
// read their files again and send them to a provider in the same process.
func mediarelay(program string) func(string) *exec.Cmd {
	return func(dir string) *exec.Cmd {
		c := exec.Command(program, "serve")
		c.Env = []string{
			"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "MEDIARELAY_LISTEN=127.0.0.1:0", "MEDIARELAY_ADMIN_LISTEN=127.0.0.1:0",
			"MEDIARELAY_DATA_DIR=" + filepath.Join(dir, "data"),
			"MEDIARELAY_CHANNELS_FILE=" + filepath.Join(dir, channelsFile), "BENCH_KEY=none",
			"MEDIARELAY_JWT_SECRET=a secret of a benchmark, which is none",
			// One token creates all uploads, and no limit of one person is measured.
			"MEDIARELAY_QUOTA_OPEN_UPLOADS=0", "MEDIARELAY_QUOTA_OPEN_BYTES=0",
		}
		for _, variable := range os.Environ() {
			if strings.HasPrefix(variable, "MEDIARELAY_") {
				c.Env = append(c.Env, variable)
			}
		}
		return c
	}
}

const channelsFile = "channels.yaml"

// channels has one channel, whose provider is at a port that nobody can listen on.
const channels = `channels:
  bench:
    provider: dialog360
    base_url: http://127.0.0.1:1
    api_key_env: BENCH_KEY
`

// process is a running server.
type process struct {
	server
	dir     string
	address string
	token   string
	command *exec.Cmd
	// refused counts the chunks that it did not take at the first attempt.
	refused atomic.Int64
}

// greeting is the line in which a server says where it listens: a peer in its output,
// mediarelay in its log.
var greeting = regexp.MustCompile(`^Open http://(\S+)|"msg":"serving".*"public":"([^"]+)"`)

// start starts a server on an empty folder.
func (s server) start(parent string) (*process, error) {
	dir, err := os.MkdirTemp(parent, s.name+"-")
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, channelsFile), []byte(channels), 0o600); err != nil {
		return nil, err
	}
	p := &process{server: s, dir: dir, command: s.command(dir)}
	output, err := p.command.StderrPipe()
	if err != nil {
		return nil, err
	}
	p.command.Stdout = p.command.Stderr
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	if err := errors.Join(p.greet(bufio.NewScanner(output)), p.signIn()); err != nil {
		p.stop()
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	go func() { _, _ = io.Copy(io.Discard, output) }()
	return p, nil
}

func (p *process) greet(lines *bufio.Scanner) error {
	var log strings.Builder
	for lines.Scan() {
		if found := greeting.FindStringSubmatch(lines.Text()); found != nil {
			p.address = found[1] + found[2]
			return nil
		}
		log.WriteString(lines.Text() + "\n")
	}
	return fmt.Errorf("the server ended without its greeting:\n%s", log.String())
}

// signIn gets a token from mediarelay. Its peers need none.
func (p *process) signIn() error {
	if !p.needsToken {
		return nil
	}
	c := exec.Command(p.command.Path, "token", "--channel", "bench", "--scope", "upload")
	c.Env = p.command.Env
	token, err := c.Output()
	p.token = strings.TrimSpace(string(token))
	return err
}

// stop ends the process and deletes its folder.
func (p *process) stop() {
	_ = p.command.Process.Signal(syscall.SIGTERM)
	timer := time.AfterFunc(30*time.Second, func() { _ = p.command.Process.Kill() })
	defer timer.Stop()
	_ = p.command.Wait()
	_ = os.RemoveAll(p.dir)
}

// cpu returns the processor time that the process used.
func (p *process) cpu() time.Duration {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.command.Process.Pid))
	_, after, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(after)
	if len(fields) < 13 {
		return 0
	}
	// Fields 14 and 15 of proc(5), in ticks of 10 ms.
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// memory returns a line of /proc/PID/status in KiB, such as VmRSS or VmHWM.
func (p *process) memory(line string) int {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
	for l := range strings.Lines(string(text)) {
		if value, found := strings.CutPrefix(l, line+":"); found {
			kib, _ := strconv.Atoi(strings.Fields(value)[0])
			return kib
		}
	}
	return 0
}
