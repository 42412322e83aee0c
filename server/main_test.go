package main

import (
	"bytes"
	"flag"
	"log/slog"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// The pages under testdata run the program as a person does.
func TestMain(m *testing.M) {
	testscript.Main(program{m}, map[string]func(){"mediarelay": main, "mortal": mortal})
}

// program runs the tests with one log book for all servers, and one browser.
type program struct{ *testing.M }

func (p program) Run() int {
	flag.Parse()
	moreAtATime()
	slog.SetDefault(slog.New(slog.NewJSONHandler(logs, &slog.HandlerOptions{Level: slog.LevelDebug})))
	defer sharedBrowser.close()
	return p.M.Run()
}

// moreAtATime lets more tests run at once than there are processors, unless the
// command line says how many: nearly all of them wait, for a line that is slow or
// for the 15 s after which a connection counts as dead.
func moreAtATime() {
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if !given {
		_ = flag.Set("test.parallel", strconv.Itoa(3*runtime.GOMAXPROCS(0)))
	}
}

func TestPages(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata"})
}

// logs is what every server of this test run has logged.
var logs = new(logBook)

type logBook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBook) Write(text []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(text)
}

// lineWith gives the first line that holds a text, or nothing.
func (b *logBook) lineWith(part string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	for line := range strings.Lines(b.text.String()) {
		if strings.Contains(line, part) {
			return line
		}
	}
	return ""
}
