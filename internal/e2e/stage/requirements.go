package stage

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// need finds a program by one of its names, or skips or fails the test.
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

// lack skips the test, or fails it where the requirement must be there.
func SkipWithout(t testing.TB, requirement, message string) {
	t.Helper()
	if slices.Contains(strings.Split(os.Getenv("MEDIARELAY_TEST_REQUIRE"), ","), requirement) {
		t.Fatal(message)
	}
	t.Skip(message)
}

// long skips a test of minutes where make test-all does not run it.
func LongTest(t testing.TB) {
	t.Helper()
	if os.Getenv("MEDIARELAY_TEST_LONG") == "" {
		t.Skip("it takes minutes: make test-all runs it, or MEDIARELAY_TEST_LONG=1")
	}
}
