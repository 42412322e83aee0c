package archtest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// symbol matches names of code and tests in docs/providers.md: with the package, and
// a method also with its type.
var symbol = regexp.MustCompile("`([a-z][a-z0-9]*)((?:\\.[A-Za-z]\\w*)+)`")

// Each row of an operation in docs/providers.md names code and a test, and both exist.
func TestProvidersPage(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs", "providers.md"))
	if err != nil {
		t.Fatal(err)
	}
	exist, packages := symbols(t)
	for _, named := range symbol.FindAllStringSubmatch(string(page), -1) {
		if name := named[1] + named[2]; packages[named[1]] && !exist[name] {
			t.Errorf("%s does not exist", name)
		}
	}
	rows := operations(string(page))
	if len(rows) < 50 {
		t.Errorf("only %d rows of operations found", len(rows))
	}
	for _, row := range rows {
		for _, cell := range row[3:5] {
			if !namesOne(cell, exist) {
				t.Errorf("row without code or without a test: %s", strings.Join(row, "|"))
			}
		}
	}
}

// operations are the table rows with five cells, without headers.
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
