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

// With its data in one segment, a module is smaller and does the same: it
// collects garbage, grows its stacks and recovers from panics.
func TestMergedDataKeepsTheProgram(t *testing.T) {
	requireNode(t)
	linked := filepath.Join(t.TempDir(), "program.wasm")
	if err := link(linked, "./testdata/program", withoutNames); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(linked)
	if err != nil {
		t.Fatal(err)
	}
	after, err := mergeData(before)
	if err != nil {
		t.Fatal(err)
	}
	if small, large := len(gzipForm(after)), len(gzipForm(before)); small >= large {
		t.Errorf("%d bytes after gzip, %d before: merging saved nothing", small, large)
	}
	want, have := runInNode(t, before), runInNode(t, after)
	if !strings.HasPrefix(want, "800040000 97 ") || !strings.HasSuffix(want, " 1\n") {
		t.Fatalf("the program printed %q", want)
	}
	if have != want {
		t.Errorf("with merged data it printed\n%sbefore\n%s", have, want)
	}
}

func TestMergedDataIsTheSameMemory(t *testing.T) {
	const header = "\x00asm\x01\x00\x00\x00"
	module := header + "\x0b\x0f" + "\x02" + "\x00\x41\x08\x0b\x02ab" + "\x00\x41\x0d\x0b\x02cd" + "\x00\x00"
	want := header + "\x0b\x0d" + "\x01" + "\x00\x41\x08\x0b\x07ab\x00\x00\x00cd" + "\x00\x00"
	have, err := mergeData([]byte(module))
	if err != nil || string(have) != want {
		t.Errorf("got %q, %v; want %q", have, err, want)
	}
}

func TestMalformedModuleIsRejected(t *testing.T) {
	for _, module := range []string{
		"", "\x00asm\x01\x00\x00\x00", "\x00asm\x01\x00\x00\x00\x0b\x7f",
		"\x00asm\x01\x00\x00\x00\x0b\x01\x00", "\x00asm\x01\x00\x00\x00\x0b\x06\x01\x00\x41\x08\x0b\x02",
	} {
		if _, err := mergeData([]byte(module)); !errors.Is(err, errModule) {
			t.Errorf("%q: %v, want %v", module, err, errModule)
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
