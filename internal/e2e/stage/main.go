package stage

import (
	"flag"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
)

// Suite is what the tests of one package share besides the log.
type Suite struct {
	// Programs are commands of the test binary itself: started under one of these
	// names, it runs that function instead of the tests. See Process.Program.
	Programs map[string]func()
	// Cleanup runs after the last test. Nil does nothing.
	Cleanup func()
}

// Main is the TestMain of a package of acceptance tests.
func Main(m *testing.M, s Suite) {
	if program, ok := s.Programs[filepath.Base(os.Args[0])]; ok {
		program()
		return
	}
	code := Run(m)
	if s.Cleanup != nil {
		s.Cleanup()
	}
	os.Exit(code)
}

// Run runs the tests of a package and returns their exit code. The log of every server
// in this process goes to Logs.
func Run(m *testing.M) int {
	flag.Parse()
	raiseParallelism()
	slog.SetDefault(slog.New(slog.NewJSONHandler(Logs, &slog.HandlerOptions{Level: slog.LevelDebug})))
	defer removeBinary()
	return m.Run()
}

// raiseParallelism runs more tests at once than there are processors, unless the
// command line sets a number: nearly all of them wait, for a slow connection or for
// the 15 s after which a connection counts as stalled.
func raiseParallelism() {
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if !given {
		_ = flag.Set("test.parallel", strconv.Itoa(2*runtime.GOMAXPROCS(0)))
	}
}
