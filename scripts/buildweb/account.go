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
	"text/tabwriter"
)

// The account says what each package adds to the worker's module, in bytes of
// code: a module with names is linked beside the one that is shipped, which has
// none. Data (tables, types, texts) carries no names and is one line.
//
// Sources: WebAssembly 1.0, section 5.5 (sections) and 7.4.1 (name section);
// Go's cmd/link/internal/wasm/asm.go (nameRegexp).

// namedFile keeps the linker's result, for the same reason as moduleFile.
const namedFile = "bin/mediarelay-names.wasm"

const (
	customSection = 0
	codeSection   = 10
	functionNames = 1 // of the name section's parts
	accountLines  = 15
)

// notOfAPackage is what the compiler and the linker write by themselves.
const notOfAPackage = "(compiler and linker)"

var errNames = errors.New("the module's names have an unknown form")

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
	return printPackages(w, byPackage(functions, packages), len(section(module, dataSection)))
}

// goPackages lists the packages that a program is linked of.
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

// functionSizes reads a module's functions in their order. The host's functions
// have no code and come first in the count, so the first name's number is theirs.
func functionSizes(module []byte) (list []function, err error) {
	defer func() {
		if recover() != nil {
			err = errNames
		}
	}()
	names := &leb{bytes: nameTable(module)}
	code := &leb{bytes: section(module, codeSection)}
	list = make([]function, code.next())
	if len(list) == 0 || names.next() != len(list) {
		return nil, errNames
	}
	for i := range list {
		names.next() // the function's number
		list[i].name = names.text()
		list[i].bytes = code.next()
		code.at += list[i].bytes
	}
	return list, nil
}

// section gives the first section of a kind without its header.
func section(module []byte, id byte) []byte {
	r := &leb{bytes: module, at: headerBytes}
	for r.at < len(module) {
		have := module[r.at]
		r.at++
		size := r.next()
		if have == id {
			return module[r.at : r.at+size]
		}
		r.at += size
	}
	return nil
}

// nameTable gives the functions' names out of the section "name", which is one
// of several that are custom.
func nameTable(module []byte) []byte {
	r := &leb{bytes: module, at: headerBytes}
	for r.at < len(module) {
		id := module[r.at]
		r.at++
		size := r.next()
		body := &leb{bytes: module[r.at : r.at+size]}
		if id == customSection && body.text() == "name" && body.bytes[body.at] == functionNames {
			body.at++
			length := body.next()
			return body.bytes[body.at : body.at+length]
		}
		r.at += size
	}
	return nil
}

func (r *leb) text() string {
	n := r.next()
	r.at += n
	return string(r.bytes[r.at-n : r.at])
}

// notInNames is what the linker writes as an underscore.
var notInNames = regexp.MustCompile(`[^\w.]`)

// byPackage adds the functions up. A name begins with its package's path, in
// which the linker has written underscores; the longest path that fits is its.
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
		return notOfAPackage
	}
	return written[best]
}

// printPackages prints the largest packages, then the rest and the data as one
// line each.
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
	table := tabwriter.NewWriter(w, 8, 0, 2, ' ', tabwriter.AlignRight)
	line := func(bytes int, name string) {
		fmt.Fprintf(table, "%s\t%.1f %%\t  %s\n", kilobytes(int64(bytes)), 100*float64(bytes)/float64(code), name)
	}
	fmt.Fprint(table, "\nraw KB\tof code\t  the worker's Go module, by package\n")
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
