package stage

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// NeedProgram finds a program by one of its names. Otherwise it skips or fails the test;
// see SkipWithout.
func NeedProgram(t testing.TB, requirement string, names ...string) string {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	SkipWithout(t, requirement, fmt.Sprintf("none of %v is installed (on Debian: apt-get install %s)", names, names[0]))
	return ""
}

// SkipWithout skips the test, or fails it if MEDIARELAY_TEST_REQUIRE names the
// requirement.
func SkipWithout(t testing.TB, requirement, message string) {
	t.Helper()
	if slices.Contains(strings.Split(os.Getenv("MEDIARELAY_TEST_REQUIRE"), ","), requirement) {
		t.Fatal(message)
	}
	t.Skip(message)
}

// LongTest skips a test that takes minutes, unless MEDIARELAY_TEST_LONG is set.
func LongTest(t testing.TB) {
	t.Helper()
	if os.Getenv("MEDIARELAY_TEST_LONG") == "" {
		t.Skip("it takes minutes: make test-all runs it, or MEDIARELAY_TEST_LONG=1")
	}
}
