package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	testFunction = regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	namedTest    = regexp.MustCompile("`(Test\\w+)`")
)

// docs/resilience.md promises nothing without a test: each row names one, each
// named one exists, and no row of the matrix is missing.
func TestTheResiliencePageNamesItsTests(t *testing.T) {
	exist := testsOf(t, "..")
	text, err := os.ReadFile("../docs/resilience.md")
	if err != nil {
		t.Fatal(err)
	}
	covered := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) != 6 || strings.HasPrefix(cells[1], "---") || strings.TrimSpace(cells[1]) == "rows" {
			continue
		}
		named := namedTest.FindAllStringSubmatch(cells[4], -1)
		if len(named) == 0 {
			t.Errorf("a row without a test: %s", line)
		}
		for _, name := range named {
			if !exist[name[1]] {
				t.Errorf("there is no %s: %s", name[1], line)
			}
		}
		for _, id := range strings.Fields(cells[1]) {
			covered[id] = true
		}
	}
	for _, id := range matrix() {
		if !covered[id] {
			t.Errorf("no row is %s", id)
		}
	}
}

// matrix lists the rows that the page must have.
func matrix() []string {
	rows := []string{"S1", "S3", "T1", "U1"}
	for i := range 14 {
		rows = append(rows, fmt.Sprintf("R%d", i+1))
	}
	for i := range 15 {
		rows = append(rows, fmt.Sprintf("A%d", i+1))
	}
	return rows
}

func testsOf(t *testing.T, root string) map[string]bool {
	t.Helper()
	exist := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && slices.Contains([]string{"node_modules", ".git", ".cache"}, entry.Name()) {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		for _, found := range testFunction.FindAllStringSubmatch(string(text), -1) {
			exist[found[1]] = true
		}
		return err
	})
	if err != nil || len(exist) == 0 {
		t.Fatalf("%d tests found, %v", len(exist), err)
	}
	return exist
}
