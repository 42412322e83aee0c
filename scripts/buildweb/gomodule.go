package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// moduleFile keeps the linker's result, so that go build leaves it alone while
// its inputs stay the same.
const moduleFile = "bin/mediarelay.wasm"

// goProgram is the worker's module in Go.
const goProgram = "./wasm"

// What is kept in a module beside what runs.
const (
	withoutNames = "-s -w"
	withNames    = "-w" // functions' names, as a debugger wants them
)

// compileGoModule compiles ./wasm for the browser's worker.
func compileGoModule() (output, error) {
	if err := link(moduleFile, goProgram, withoutNames); err != nil {
		return output{}, err
	}
	linked, err := os.ReadFile(moduleFile)
	if err != nil {
		return output{}, err
	}
	content, err := withoutLines(linked)
	if err != nil {
		return output{}, err
	}
	made := hashed("widget/mediarelay-%s.wasm", content)
	made.part = module
	return made, nil
}

// link compiles a Go program for the browser, as small as Go makes it beside
// what is kept.
func link(file, program, kept string) error {
	build := exec.Command(
		"go", "build", "-o", file,
		"-trimpath",
		// A commit's hash in the module would change its name at every commit.
		"-buildvcs=false",
		"-ldflags="+kept,
		// No inlining: 7 % fewer bytes after brotli; the hot loops call nothing.
		"-gcflags=all=-l",
		program,
	)
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("go build %s: %w\n%s", program, err, out)
	}
	return nil
}

// goLoader is Go's own loader of such a module. It must be of the Go that
// compiled it, so it is taken from there.
func goLoader() (string, error) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOROOT: %w", err)
	}
	return filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js"), nil
}
