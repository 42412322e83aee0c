package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A module without its line tables does what it did with them: collects,
// grows its stacks, recovers.
func TestWithoutLinesAModuleRunsAsBefore(t *testing.T) {
	requireNode(t)
	linked := filepath.Join(t.TempDir(), "program.wasm")
	if err := link(linked, "./testdata/program", withoutNames); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(linked)
	if err != nil {
		t.Fatal(err)
	}
	after, err := withoutLines(before)
	if err != nil {
		t.Fatal(err)
	}
	if small, large := len(gzipForm(after)), len(gzipForm(before)); small >= large {
		t.Errorf("%d bytes after gzip, %d before: nothing was saved", small, large)
	}
	want, have := runInNode(t, before), runInNode(t, after)
	if !strings.HasPrefix(want, "800040000 97 ") || !strings.HasSuffix(want, " 1\n") {
		t.Fatalf("the program said %q", want)
	}
	if have != want {
		t.Errorf("without line tables it said\n%swith them\n%s", have, want)
	}
}

func TestWhatIsNoGoModuleIsRefused(t *testing.T) {
	for _, module := range []string{"", "\x00asm\x01\x00\x00\x00", "\x00asm\x01\x00\x00\x00\x0b\x7f"} {
		if _, err := withoutLines([]byte(module)); !errors.Is(err, errLineTable) {
			t.Errorf("%q: %v, want %v", module, err, errLineTable)
		}
	}
}

func TestAModuleThatNeedsItsNamesIsRefused(t *testing.T) {
	for names, want := range map[string]error{
		"main.main\x00reflect.makeFuncStub\x00reflect.methodValueCall\x00": errReflect,
		"main.main\x00main.reflect.makeFuncStub\x00":                       nil,
	} {
		if err := (lineTable{names: []byte(names)}).forgetNames(); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", names, err, want)
		}
	}
}

func runInNode(t *testing.T, module []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "program.wasm")
	if err := os.WriteFile(name, module, 0o644); err != nil {
		t.Fatal(err)
	}
	loader, err := goLoader()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", filepath.Join(filepath.Dir(loader), "wasm_exec_node.js"), name)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH")} // the loader has room for little more
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

func requireNode(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("node"); err == nil {
		return
	}
	required := strings.Split(os.Getenv("MEDIARELAY_TEST_REQUIRE"), ",")
	if slices.Contains(required, "node") {
		t.Fatal("node is not installed")
	}
	t.Skip("node is not installed")
}
