package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// symbol is how docs/providers.md names code and tests: with the package, and a
// method with its type too.
var symbol = regexp.MustCompile("`([a-z][a-z0-9]*)((?:\\.[A-Za-z]\\w*)+)`")

// The page of the providers claims nothing that is not there: each row of an
// operation names code and a test, and both exist.
func TestTheProvidersPage(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs", "providers.md"))
	if err != nil {
		t.Fatal(err)
	}
	exist, packages := symbols(t)
	for _, named := range symbol.FindAllStringSubmatch(string(page), -1) {
		if name := named[1] + named[2]; packages[named[1]] && !exist[name] {
			t.Errorf("there is no %s", name)
		}
	}
	rows := operations(string(page))
	if len(rows) < 50 {
		t.Errorf("%d rows of operations: the page is not read", len(rows))
	}
	for _, row := range rows {
		for _, cell := range row[3:5] {
			if !namesOne(cell, exist) {
				t.Errorf("a row without code or without a test: %s", strings.Join(row, "|"))
			}
		}
	}
}

// operations are the rows of five cells, without their heads.
func operations(page string) (rows [][]string) {
	for line := range strings.Lines(page) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) == 5 && !strings.HasPrefix(cells[0], "---") && strings.TrimSpace(cells[0]) != "operation" {
			rows = append(rows, cells)
		}
	}
	return rows
}

func namesOne(cell string, exist map[string]bool) bool {
	for _, named := range symbol.FindAllStringSubmatch(cell, -1) {
		if exist[named[1]+named[2]] {
			return true
		}
	}
	return false
}

// symbols lists what the packages below internal declare, tests included.
func symbols(t *testing.T) (exist, packages map[string]bool) {
	t.Helper()
	exist, packages = map[string]bool{}, map[string]bool{}
	err := filepath.WalkDir(filepath.Join(root, "internal"), func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		name := strings.TrimSuffix(file.Name.Name, "_test")
		packages[name] = true
		for _, declared := range file.Decls {
			for _, what := range names(declared) {
				exist[name+"."+what] = true
			}
		}
		return nil
	})
	if err != nil || len(exist) == 0 {
		t.Fatalf("%d symbols, %v", len(exist), err)
	}
	return exist, packages
}

// names are what a declaration declares; of a method with its type before it.
func names(declared ast.Decl) (list []string) {
	switch d := declared.(type) {
	case *ast.FuncDecl:
		return []string{receiver(d) + d.Name.Name}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				list = append(list, s.Name.Name)
			case *ast.ValueSpec:
				for _, name := range s.Names {
					list = append(list, name.Name)
				}
			}
		}
	}
	return list
}

func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	of := f.Recv.List[0].Type
	if pointer, ok := of.(*ast.StarExpr); ok {
		of = pointer.X
	}
	if name, ok := of.(*ast.Ident); ok {
		return name.Name + "."
	}
	return ""
}
