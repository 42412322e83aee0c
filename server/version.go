package main

import (
	"fmt"
	"io"
	"runtime"
)

// version is the output of git describe, set by make build; make build puts it in.
var version = "dev"

type versionCommand struct{}

// Run prints the version, the Go release and the platform, in one line.
func (versionCommand) Run(stdout io.Writer) error {
	_, err := fmt.Fprintf(stdout, "mediarelay %s, %s %s/%s\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
