//go:build !js

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mediarelay/internal/media"
	"mediarelay/internal/preflight"
	"mediarelay/internal/preflight/preflighttest"
	"mediarelay/web"
)

// shippedModule is the module in web/dist, as the server's binary carries it,
// running in Node.
type shippedModule struct {
	requests *json.Encoder
	answers  *bufio.Reader
}

// startShippedModule skips the test if Node or the module is missing, and fails it
// if MEDIARELAY_TEST_REQUIRE names node.
func startShippedModule(t *testing.T) *shippedModule {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		unavailable(t, "node is not installed")
	}
	names, err := fs.Glob(web.Files(), "widget/mediarelay-*.wasm")
	if err != nil || len(names) != 1 {
		unavailable(t, "web/dist has no Go module: run make build")
	}
	module, err := fs.ReadFile(web.Files(), names[0])
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "shipped.wasm")
	if err := os.WriteFile(path, module, 0o600); err != nil {
		t.Fatal(err)
	}
	// The test's context ends before its clean-up, which waits for Node.
	return startNode(t, exec.CommandContext(context.WithoutCancel(t.Context()), node, "testdata/check.mjs", goLoader(t), path))
}

func startNode(t *testing.T, node *exec.Cmd) *shippedModule {
	t.Helper()
	node.Stderr = t.Output()
	in, err1 := node.StdinPipe()
	out, err2 := node.StdoutPipe()
	if err := errors.Join(err1, err2, node.Start()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(in.Close(), node.Wait()); err != nil {
			t.Errorf("node: %v", err)
		}
	})
	return &shippedModule{json.NewEncoder(in), bufio.NewReader(out)}
}

// goLoader is the path of Go's own loader for modules of this toolchain.
func goLoader(t *testing.T) string {
	t.Helper()
	root, err := exec.CommandContext(t.Context(), "go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatalf("go env GOROOT: %v", err)
	}
	return filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js")
}

func unavailable(t *testing.T, message string) {
	t.Helper()
	if slices.Contains(strings.Split(os.Getenv("MEDIARELAY_TEST_REQUIRE"), ","), "node") {
		t.Fatal(message)
	}
	t.Skip(message)
}

// check returns the module's verdict as JSON. A trap, a panic or an error code is
// an error.
func (m *shippedModule) check(file preflighttest.File, q preflight.Question) (string, error) {
	err := m.requests.Encode(map[string]any{
		"fields": []string{q.Filename, q.DeclaredType, media.JoinKinds(q.Kinds), string(q.Kind), media.JoinPurposes(q.Purposes)},
		"head":   file.Head, "gap": file.Gap, "tail": file.Tail,
	})
	if err != nil {
		return "", err
	}
	line, err := m.answers.ReadBytes('\n')
	if err != nil {
		return "", errors.Join(errors.New("the driver ended"), err)
	}
	var answer struct{ Verdict, Error string }
	if err := json.Unmarshal(line, &answer); err != nil {
		return "", err
	}
	if answer.Error != "" {
		return "", errors.New(answer.Error)
	}
	return answer.Verdict, nil
}
