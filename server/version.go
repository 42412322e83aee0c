package main

import (
	"fmt"
	"io"
	"runtime"
)

// version is what git describe said; make build puts it in.
var version = "dev"

type versionCommand struct{}

// Run prints what the build knows of itself, in one line.
func (versionCommand) Run(stdout io.Writer) error {
	_, err := fmt.Fprintf(stdout, "mediarelay %s, %s %s/%s\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
