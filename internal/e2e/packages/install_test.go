package packages

import (
	"cmp"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mediarelay/internal/e2e/stage"
)

// appsFolder has the apps and, after scripts/setup test, what they are built with.
const appsFolder = "testdata/apps"

// packed is where make package leaves the package.
const packed = "../../../bin/package/*.tgz"

// commandTimeout is for a busy machine; on an idle one each takes seconds.
const commandTimeout = 3 * time.Minute

var (
	errNotPacked = errors.New("there is no package: run make package")
	errNoTools   = errors.New("the apps' packages are not installed: run scripts/setup test")
)

// installPackage installs the package where the apps find it, once, as npm does for a portal.
var installPackage = sync.OnceValues(func() (tarball string, err error) {
	found, err := filepath.Glob(packed)
	if err != nil || len(found) == 0 {
		return "", cmp.Or(err, errNotPacked)
	}
	if _, err := os.Stat(appsFolder + "/node_modules/esbuild"); err != nil {
		return "", errNoTools
	}
	tarball, err = filepath.Abs(slices.Max(found))
	if err != nil {
		return "", err
	}
	_, err = runIn(context.Background(), appsFolder, "npm", "install", tarball,
		"--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--offline", "--loglevel=error")
	return tarball, err
})

// install returns the path of the package's tarball once it is installed. Without a
// package or without Node, the test is skipped; see stage.SkipWithout.
func install(t testing.TB) (tarball string) {
	t.Helper()
	stage.NeedProgram(t, "node", "node")
	tarball, err := installPackage()
	if errors.Is(err, errNotPacked) || errors.Is(err, errNoTools) {
		stage.SkipWithout(t, "node", err.Error())
	}
	if err != nil {
		t.Fatal(err)
	}
	return tarball
}

// run runs a program in the folder of the apps and returns what it printed.
func run(t testing.TB, program string, arguments ...string) string {
	t.Helper()
	printed, err := runIn(t.Context(), appsFolder, program, arguments...)
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(arguments, " "), err, printed)
	}
	return printed
}

func runIn(ctx context.Context, folder, program string, arguments ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, commandTimeout)
	defer cancel()
	command := exec.CommandContext(ctx, program, arguments...)
	command.Dir = folder
	// React's StrictMode mounts twice in its development build alone.
	command.Env = append(os.Environ(), "NODE_ENV=development", "NO_COLOR=1")
	printed, err := command.CombinedOutput()
	if err != nil {
		return string(printed), errors.Join(err, errors.New(string(printed)))
	}
	return string(printed), nil
}

// tool is the path of a program that npm installed for the apps, relative to their folder.
func tool(name string) string { return "node_modules/.bin/" + name }
