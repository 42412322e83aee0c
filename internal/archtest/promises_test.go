package archtest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var namedTest = regexp.MustCompile("`(Test\\w+)`")

// namedFile is the path of a Go file of this repository.
var namedFile = regexp.MustCompile("`([a-z][\\w./-]*/\\w+\\.go)`")

// Files that these pages name exist.
func TestPromisesNameExistingFiles(t *testing.T) {
	for _, page := range []string{"resilience.md", "guarantees.md", "performance.md", "operations.md"} {
		text, err := os.ReadFile(filepath.Join(root, "docs", page))
		if err != nil {
			t.Fatal(err)
		}
		for _, named := range namedFile.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join(root, named[1])); err != nil {
				t.Errorf("%s names %s: %v", page, named[1], err)
			}
		}
	}
}

// Each row of these pages names a test, each named test exists, and no row of the
// fault matrix is missing.
func TestPromisesNameTheirTests(t *testing.T) {
	exist := tests(t)
	for page, matrix := range map[string][]string{
		"resilience.md": rows("S1 S3 T1 U1", "R1-14", "A1-15"),
		"guarantees.md": rows("B13 D7 F3", "B1-11", "C1-18", "D1-3", "V1-9", "W1-8"),
	} {
		t.Run(page, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(root, "docs", page))
			if err != nil {
				t.Fatal(err)
			}
			covered := map[string]bool{}
			for _, row := range promises(string(text)) {
				wantTests(t, row, exist)
				for _, id := range strings.Fields(row[1]) {
					covered[id] = true
				}
			}
			for _, id := range matrix {
				if !covered[id] {
					t.Errorf("row %s is missing", id)
				}
			}
		})
	}
}

// rows expands names of rows: single names, and ranges such as A1-15.
func rows(alone string, ranges ...string) []string {
	list := strings.Fields(alone)
	for _, r := range ranges {
		var letter rune
		var first, last int
		if n, err := fmt.Sscanf(r, "%c%d-%d", &letter, &first, &last); n != 3 {
			panic(err) // a mistake in the table above
		}
		for n := first; n <= last; n++ {
			list = append(list, fmt.Sprintf("%c%d", letter, n))
		}
	}
	return list
}

// promises are the table rows with four cells, without headers.
func promises(page string) (list [][]string) {
	for line := range strings.Lines(page) {
		cells := strings.Split(line, "|")
		if len(cells) == 6 && !strings.HasPrefix(cells[1], "---") && strings.TrimSpace(cells[1]) != "rows" {
			list = append(list, cells)
		}
	}
	return list
}

func wantTests(t *testing.T, row []string, exist map[string]bool) {
	t.Helper()
	named := namedTest.FindAllStringSubmatch(row[4], -1)
	if len(named) == 0 {
		t.Errorf("row without a test: %s", strings.Join(row, "|"))
	}
	for _, name := range named {
		if !exist[name[1]] {
			t.Errorf("%s does not exist: %s", name[1], strings.Join(row, "|"))
		}
	}
}

// tests has the names of all tests, without their packages.
func tests(t *testing.T) map[string]bool {
	t.Helper()
	declared, _ := symbols(t)
	exist := map[string]bool{}
	for symbol := range declared {
		if _, name, _ := strings.Cut(symbol, "."); strings.HasPrefix(name, "Test") {
			exist[name] = true
		}
	}
	return exist
}

// Each row of the comparison names tests of ours that exist.
func TestComparisonNamesItsTests(t *testing.T) {
	exist := tests(t)
	rows := 0
	for line := range strings.Lines(read(t, "docs/comparison.md")) {
		if !strings.HasPrefix(line, "| ") || strings.Contains(line, "| Mediarelay |") {
			continue
		}
		rows++
		wantTests(t, []string{"", "", "", "", line}, exist)
	}
	if rows < 30 {
		t.Errorf("the page has %d rows", rows)
	}
}
