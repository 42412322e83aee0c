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

// Sampled skips a case of a table, unless its index is a multiple of every or
// MEDIARELAY_TEST_LONG is set. It is for tables whose cases take the same path with another
// value, and a browser page each: together they would take minutes.
func Sampled(t testing.TB, index, every int) {
	t.Helper()
	if index%every != 0 && os.Getenv("MEDIARELAY_TEST_LONG") == "" {
		t.Skipf("one case of %d is enough here: make test-all runs it, or MEDIARELAY_TEST_LONG=1", every)
	}
}

// LongTest skips a test that takes minutes, unless MEDIARELAY_TEST_LONG is set.
func LongTest(t testing.TB) {
	t.Helper()
	if os.Getenv("MEDIARELAY_TEST_LONG") == "" {
		t.Skip("it takes minutes: make test-all runs it, or MEDIARELAY_TEST_LONG=1")
	}
}
