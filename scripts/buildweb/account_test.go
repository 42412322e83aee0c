package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The sizes of the functions add up to the whole code section.
func TestAccountCoversTheCode(t *testing.T) {
	const program = "./testdata/program"
	linked := filepath.Join(t.TempDir(), "program.wasm")
	if err := link(linked, program, withNames); err != nil {
		t.Fatal(err)
	}
	module, err := os.ReadFile(linked)
	if err != nil {
		t.Fatal(err)
	}
	functions, err := functionSizes(module)
	if err != nil {
		t.Fatal(err)
	}
	packages, err := goPackages(program)
	if err != nil {
		t.Fatal(err)
	}
	sums, total := byPackage(functions, packages), 0
	for _, bytes := range sums {
		total += bytes
	}
	code, err := findSection(module, codeSection)
	if err != nil {
		t.Fatal(err)
	}
	// The section also holds the bodies' count and lengths: one to five bytes each.
	if body := len(code.body); total >= body || total < body-5*(len(functions)+1) {
		t.Errorf("counted %d of %d bytes in %d functions", total, body, len(functions))
	}
	if sums["runtime"] < total/2 || sums[generatedCode] > total/10 {
		t.Errorf("of %d bytes, the runtime has %d and no package has %d", total, sums["runtime"], sums[generatedCode])
	}
}

func TestFunctionBelongsToTheLongestPath(t *testing.T) {
	packages := []string{"runtime", "internal/runtime/maps", "mediarelay/internal/probe", "mediarelay/internal/probe/deep", "mediarelay/wasm"}
	sums := byPackage([]function{
		{"runtime.mallocgc", 1},
		{"internal_runtime_maps.__Map_.Iter", 2},
		{"mediarelay_internal_probe.readJPEG", 4},
		{"mediarelay_internal_probe.__source_.at", 8},
		{"mediarelay_internal_probe_deep.read.func1", 16},
		{"type_.eq.mediarelay_internal_probe.Track", 32},
		{"wasm_export_run", 64},
		{"main.mediarelay_check", 128},
	}, packages)
	for path, want := range map[string]int{
		"runtime": 1, "internal/runtime/maps": 2, "mediarelay/internal/probe": 12, "mediarelay/internal/probe/deep": 16, generatedCode: 96,
		"the program itself": 128,
	} {
		if sums[path] != want {
			t.Errorf("%s: %d, want %d", path, sums[path], want)
		}
	}
}

func TestAccountListsTheLargestPackages(t *testing.T) {
	sums := map[string]int{}
	for i := range 20 {
		sums[strings.Repeat("p", i+1)] = 1000 * (i + 1)
	}
	var out strings.Builder
	if err := printPackages(&out, sums, 5000); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 1+accountLines+2 {
		t.Fatalf("%d lines:\n%s", len(lines), out.String())
	}
	for at, want := range map[int]string{1: "20.0 9.5 % " + strings.Repeat("p", 20), 16: "15.0 7.1 % 5 more", 17: "5.0 data:"} {
		if have := strings.Join(strings.Fields(lines[at]), " "); !strings.HasPrefix(have, want) {
			t.Errorf("line %d is %q, want %q", at, have, want)
		}
	}
}

func TestModuleWithoutNamesIsRejected(t *testing.T) {
	for _, module := range []string{"", "\x00asm\x01\x00\x00\x00", "\x00asm\x01\x00\x00\x00\x0a\x04\x01\x02\x00\x0b", "\x00asm\x01\x00\x00\x00\x00\x7f"} {
		if _, err := functionSizes([]byte(module)); !errors.Is(err, errNames) {
			t.Errorf("%q: %v, want %v", module, err, errNames)
		}
	}
}
