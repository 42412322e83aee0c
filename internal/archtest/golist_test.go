package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

const (
	module = "mediarelay"
	root   = "../.."
)

// pkg is the output of go list for a package.
type pkg struct {
	ImportPath, Dir string
	Imports, Deps   []string
}

// folder is the package's folder in this module; empty for other modules.
func folder(importPath string) string {
	inside, ok := strings.CutPrefix(importPath, module+"/")
	if !ok {
		return ""
	}
	return inside
}

// listNative lists all packages of this module, as compiled for the server.
func listNative(t *testing.T) map[string]pkg {
	t.Helper()
	return list(t, nil, "./...")
}

// listBrowser lists the packages of the browser's module and everything that they
// import.
func listBrowser(t *testing.T) map[string]pkg {
	t.Helper()
	args := []string{"-deps"}
	for _, r := range packageRules {
		if r.builds == both || r.builds == browser {
			args = append(args, "./"+r.folder)
		}
	}
	return list(t, []string{"GOOS=js", "GOARCH=wasm"}, args...)
}

func list(t *testing.T, environment []string, args ...string) map[string]pkg {
	t.Helper()
	fixed := []string{"list", "-tags=nomsgpack", "-json=ImportPath,Dir,Imports,Deps"}
	cmd := exec.CommandContext(t.Context(), "go", append(fixed, args...)...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), environment...)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, complaint.String())
	}
	return decode(t, out)
}

func decode(t *testing.T, out []byte) map[string]pkg {
	t.Helper()
	packages := map[string]pkg{}
	for stream := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		err := stream.Decode(&p)
		if errors.Is(err, io.EOF) {
			return packages
		}
		if err != nil {
			t.Fatal(err)
		}
		packages[p.ImportPath] = p
	}
}
