// Command buildweb makes web/dist, which web/embed.go carries in the server:
// the page, the element, its worker and the worker's Go module, each with its
// brotli and gzip forms.
//
// It runs in the project's folder, after npm has put the packages of
// web/package-lock.json in place. It checks no types (tsc, by make check) and
// serves nothing (internal/httpapi). It has a module of its own, so that the
// product's go.mod lists neither the bundler nor the compressor.
//
//	buildweb          make web/dist; quiet when nothing changed
//	buildweb sizes    the same, then print every size and what each package adds
//	                  to the worker's module; exit 1 over a budget
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
	sizes := slices.Equal(args, []string{"sizes"})
	if len(args) > 0 && !sizes {
		return fmt.Errorf("unknown arguments %q: none, or sizes", args)
	}
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
	rows, err := measure(outputs)
	if err != nil {
		return err
	}
	if err := printSizes(os.Stdout, rows); err != nil || !sizes {
		return err
	}
	if err := printAccount(os.Stdout); err != nil {
		return err
	}
	return overBudget(rows)
}

// build makes the files in the order in which they name each other: a worker
// that loads another module is another worker.
func build() ([]output, error) {
	goModule, err := compileGoModule()
	if err != nil {
		return nil, err
	}
	workerEntry, workerScripts, err := workerFiles(names{"__WASM_FILE__": path.Base(goModule.name)})
	if err != nil {
		return nil, err
	}
	elementScripts, err := elementFiles(names{"__WORKER_FILE__": path.Base(workerEntry)})
	if err != nil {
		return nil, err
	}
	page, err := pageFiles()
	if err != nil {
		return nil, err
	}
	return slices.Concat(elementScripts, workerScripts, []output{goModule}, page), nil
}
