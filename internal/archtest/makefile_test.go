package archtest

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var makefileBoth = regexp.MustCompile(`(?m)^BOTH := (.*)$`)

// The Makefile tests, vets and lints every package of the browser's module under
// wasm.
func TestMakefileListsTheBrowserPackages(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	line := makefileBoth.FindSubmatch(text)
	if line == nil {
		t.Fatal("the Makefile has no list BOTH")
	}
	var want []string
	for _, r := range packageRules {
		if r.builds == both {
			want = append(want, r.folder)
		}
	}
	slices.Sort(want)
	if have := strings.Fields(string(line[1])); !slices.Equal(have, want) {
		t.Errorf("BOTH is %v, want %v", have, want)
	}
}
