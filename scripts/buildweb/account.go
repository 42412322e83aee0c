package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
)

// The account lists what each package adds to the worker's module, in bytes of
// code. The shipped module has no function names, so a second one is linked with
// names for this. Data (tables, types, texts) carries no names: it is one line.
//
// Sources: WebAssembly 1.0, section 7.4.1 (name section); Go's
// cmd/link/internal/wasm/asm.go (nameRegexp).

// namedFile is the module with names. Like moduleFile it stays, so that go build
// can reuse it.
const namedFile = "bin/mediarelay-names.wasm"

const (
	functionNames = 1 // the id of the function names in the name section
	accountLines  = 15
)

// generatedCode stands for functions that the compiler and the linker generate.
const generatedCode = "(compiler and linker)"

var errNames = errors.New("the module's function names cannot be read")

func printAccount(w io.Writer) error {
	if err := link(namedFile, goProgram, withNames); err != nil {
		return err
	}
	module, err := os.ReadFile(namedFile)
	if err != nil {
		return err
	}
	packages, err := goPackages(goProgram)
	if err != nil {
		return err
	}
	functions, err := functionSizes(module)
	if err != nil {
		return err
	}
	data, err := findSection(module, dataSection)
	if err != nil {
		return err
	}
	return printPackages(w, byPackage(functions, packages), len(data.body))
}

// goPackages lists the packages that a program is linked from.
func goPackages(program string) ([]string, error) {
	list := exec.Command("go", "list", "-deps", program)
	list.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("go list -deps %s: %w", program, err)
	}
	return strings.Fields(string(out)), nil
}

// function is a function of a module, with the bytes of its code.
type function struct {
	name  string
	bytes int
}

// functionSizes lists the functions of a module in order. Imported functions
// have no code and are numbered first, so the first number in the name table is
// the count of imports.
func functionSizes(module []byte) ([]function, error) {
	code, err := findSection(module, codeSection)
	if err != nil {
		return nil, errNames
	}
	names, bodies := functionNameTable(module), &reader{bytes: code.body}
	count := bodies.number()
	if count == 0 || names.number() != count {
		return nil, errNames
	}
	var list []function
	for range count {
		names.number() // the function's number
		list = append(list, function{name: names.text(), bytes: len(bodies.take(bodies.number()))})
		if names.failed || bodies.failed {
			return nil, errNames
		}
	}
	return list, nil
}

// functionNameTable finds the function names, which the custom section "name"
// begins with.
func functionNameTable(module []byte) *reader {
	for s := range sections(module) {
		r := &reader{bytes: s.body}
		if s.id == customSection && r.text() == "name" && r.number() == functionNames {
			return &reader{bytes: r.take(r.number())}
		}
	}
	return &reader{}
}

// notInNames matches what the linker replaces with an underscore.
var notInNames = regexp.MustCompile(`[^\w.]`)

// byPackage sums the bytes of the functions of each package. A function's name
// begins with its package's path, as the linker writes it. Of several paths that
// match, the longest is the function's package.
func byPackage(functions []function, packages []string) map[string]int {
	written := map[string]string{}
	for _, path := range packages {
		written[notInNames.ReplaceAllString(path, "_")] = path
	}
	written["main"] = "the program itself"
	sums := map[string]int{}
	for _, f := range functions {
		sums[packageOf(f.name, written)] += f.bytes
	}
	return sums
}

func packageOf(name string, written map[string]string) string {
	best := ""
	for prefix := range written {
		if len(prefix) > len(best) && strings.HasPrefix(name, prefix+".") {
			best = prefix
		}
	}
	if best == "" {
		return generatedCode
	}
	return written[best]
}

// printPackages prints the largest packages, then one line for the other
// packages and one for the data.
func printPackages(w io.Writer, sums map[string]int, data int) error {
	paths := slices.SortedFunc(maps.Keys(sums), func(a, b string) int {
		if sums[a] != sums[b] {
			return sums[b] - sums[a]
		}
		return strings.Compare(a, b)
	})
	code := 0
	for _, bytes := range sums {
		code += bytes
	}
	table := newTable(w)
	line := func(bytes int, name string) {
		fmt.Fprintf(table, "%s\t%.1f %%\t  %s\n", kilobytes(int64(bytes)), 100*float64(bytes)/float64(code), name)
	}
	fmt.Fprint(table, "\nraw KB\tof code\t  the Go module, by package\n")
	for _, path := range paths[:min(accountLines, len(paths))] {
		line(sums[path], path)
	}
	rest := 0
	for _, path := range paths[min(accountLines, len(paths)):] {
		rest += sums[path]
	}
	line(rest, fmt.Sprintf("%d more", max(0, len(paths)-accountLines)))
	fmt.Fprintf(table, "%s\t\t  data: texts, types, tables of all packages\n", kilobytes(int64(data)))
	return table.Flush()
}
