package archtest

import (
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
