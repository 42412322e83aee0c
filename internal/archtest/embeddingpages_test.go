package archtest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// codeRow is a row of docs/embedding.md: a code, and the sentence that a person reads.
var codeRow = regexp.MustCompile("(?m)^\\| `([a-z_-]+)` \\| ([^|]+) \\| [^|]+ \\|$")

// The page quotes the sentences of the catalogue, and those of the element about tokens.
func TestEmbeddingPageQuotesTheSentences(t *testing.T) {
	failures, waiting, found := strings.Cut(read(t, "docs/embedding.md"), "A missing token is no failure")
	if !found {
		t.Fatal("the page does not say what happens without a token")
	}
	var catalogue map[string]map[string]struct{ Message string }
	text := read(t, "internal/reason/catalogue/en.json")
	// The catalogue's other members have no message; they stay empty here.
	_ = json.Unmarshal([]byte(text), &catalogue)
	rows := codeRow.FindAllStringSubmatch(failures, -1)
	if len(rows) < 10 {
		t.Errorf("the page has %d rows", len(rows))
	}
	for _, row := range rows {
		if message := catalogue["reasons"][row[1]].Message; message != row[2] {
			t.Errorf("%s reads %q, and the page says %q", row[1], message, row[2])
		}
	}
	labels := read(t, "web/src/i18n/labels.ts")
	problems := read(t, "web/src/session/token-answer.ts")
	for _, row := range codeRow.FindAllStringSubmatch(waiting, -1) {
		if !strings.Contains(labels, row[2]) {
			t.Errorf("%s: no label reads %q", row[1], row[2])
		}
		if !strings.Contains(problems, "'"+row[1]+"'") {
			t.Errorf("%s is no problem of a token", row[1])
		}
	}
}

var (
	stateRow  = regexp.MustCompile("(?m)^\\| `([a-z]+)` \\| [^|]+ \\| (?:itself|final|a click|choosing)")
	stateName = regexp.MustCompile(`\{ readonly name: '([a-z]+)'`)
)

// The page lists every value of data-state.
func TestHeadlessPageListsTheStates(t *testing.T) {
	declared, _, _ := strings.Cut(read(t, "web/src/session/upload-state.ts"), "export type StateName")
	listed, states := firstGroups(stateRow, read(t, "docs/headless-testing.md")), firstGroups(stateName, declared)
	if len(states) == 0 || !slices.Equal(listed, states) {
		t.Errorf("the page lists %q, and an upload's states are %q", listed, states)
	}
}

func firstGroups(pattern *regexp.Regexp, text string) (list []string) {
	for _, found := range pattern.FindAllStringSubmatch(text, -1) {
		list = append(list, found[1])
	}
	slices.Sort(list)
	return list
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
