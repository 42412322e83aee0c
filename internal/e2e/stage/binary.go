package stage

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

// Binary is the mediarelay command, built when a package's first test needs it.
func Binary(t testing.TB) string {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

var binary = sync.OnceValues(buildBinary)

// binaryFolder is the folder of the built command, or empty.
var binaryFolder string

func buildBinary() (path string, err error) {
	if binaryFolder, err = os.MkdirTemp("", "mediarelay-e2e-"); err != nil {
		return "", err
	}
	path = filepath.Join(binaryFolder, "mediarelay")
	build := exec.Command("go", "build", "-tags", "nomsgpack", "-buildvcs=false", "-o", path, "./server")
	build.Dir = Root()
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%v: %w\n%s", build.Args, err, out)
	}
	return path, nil
}

func removeBinary() {
	if binaryFolder != "" {
		_ = os.RemoveAll(binaryFolder)
	}
}

// Root is the folder of the repository.
func Root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "..")
}
