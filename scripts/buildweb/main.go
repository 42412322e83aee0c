// Command buildweb builds web/dist, which web/embed.go embeds in the server: the
// page, the element, its worker and the worker's Go module, each with a brotli
// and a gzip copy.
//
// Run it in the root of the project, after npm has installed the packages of
// web/package-lock.json. It does not check types (make types does) and does not
// serve the files (internal/httpapi does). It is a Go module of its own, which
// keeps the bundler and the compressor out of the product's go.mod.
//
//	buildweb                    build web/dist; print sizes if anything changed
//	buildweb sizes              build, then print the size of every file, of every
//	                            package in the Go module, and every budget; exit 1
//	                            over a budget
//	buildweb package VERSION    build the npm package from the same sources, with
//	                            the version that git describe prints, and pack it
//	                            in bin/package
//	buildweb reference          write docs/embedding-reference.md
package main

import (
	"fmt"
	"os"
	"path"
	"slices"
)

const dist = "web/dist"

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "buildweb:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 0:
		return buildServed(false)
	case slices.Equal(args, []string{"sizes"}):
		return buildServed(true)
	case slices.Equal(args, []string{"reference"}):
		return writeReference()
	case len(args) == 2 && args[0] == "package":
		return buildPackage(args[1])
	}
	return fmt.Errorf("unknown arguments %q: want none, sizes, package VERSION or reference", args)
}

// buildServed builds what the server serves.
func buildServed(sizes bool) error {
	outputs, err := build()
	if err != nil {
		return err
	}
	changed, err := write(outputs)
	if err != nil {
		return err
	}
	if !changed && !sizes {
		return nil
	}
	return report(outputs, sizes)
}

// report prints the sizes. The sizes of packages and the check against the
// budgets are left out after a mere build.
func report(outputs []output, sizes bool) error {
	rows, err := measure(outputs)
	if err != nil {
		return err
	}
	if err := printFiles(os.Stdout, rows); err != nil {
		return err
	}
	if !sizes {
		return printBudgets(os.Stdout, rows)
	}
	if err := printAccount(os.Stdout); err != nil {
		return err
	}
	if err := printBudgets(os.Stdout, rows); err != nil {
		return err
	}
	return overBudget(rows)
}

// build builds the files in the order in which they name each other: the worker
// contains the name of the Go module, and the element that of the worker.
func build() ([]output, error) {
	goModule, err := compileGoModule()
	if err != nil {
		return nil, err
	}
	workerEntry, workerScripts, err := workerFiles(names{"__WASM_FILE__": path.Base(goModule.name)})
	if err != nil {
		return nil, err
	}
	workerName := names{"__WORKER_FILE__": path.Base(workerEntry)}
	elementScripts, err := elementFiles(workerName)
	if err != nil {
		return nil, err
	}
	frame, err := frameFiles(workerName)
	if err != nil {
		return nil, err
	}
	page, err := pageFiles()
	if err != nil {
		return nil, err
	}
	return slices.Concat(elementScripts, workerScripts, []output{goModule, protocolFile()}, frame, page), nil
}
