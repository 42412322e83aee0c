package archtest

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// tagKind is a JSDoc tag of the element, and where the sources have what it describes.
type tagKind struct {
	what    string
	tag     *regexp.Regexp
	sources []codePattern
}

// codePattern finds names in the code of a folder of web/src, or of one file.
type codePattern struct {
	under string
	name  *regexp.Regexp
}

// elementTags compares the tags in web/src/element with the code: custom-elements.json
// and docs/embedding-reference.md have the tags alone.
var elementTags = []tagKind{
	{"event", regexp.MustCompile(`@fires \{.*\} ([\w-]+) - \S`), []codePattern{
		{"session/events.ts", regexp.MustCompile(`(?m)^  '?([a-z-]+)'?: (?:FileEventDetail|\{)`)},
		{"element/", regexp.MustCompile(`new (?:Custom)?Event\('([a-z-]+)'`)},
	}},
	{"part", regexp.MustCompile(`@csspart ([\w-]+) - \S`), []codePattern{
		{"element/", partAttribute}, {"list/", partAttribute},
	}},
	{"token", regexp.MustCompile(`@cssprop \[?(--[\w-]+)(?:=[^\]]*\])? - \S`), []codePattern{
		{"element/", tokenUse}, {"list/", tokenUse},
	}},
	{"state", regexp.MustCompile(`@cssstate ([\w-]+) - \S`), []codePattern{
		{"element/form-control.ts", regexp.MustCompile(`type ElementState = ([^\n]+)`)},
	}},
	{"slot", regexp.MustCompile(`@slot ([\w-]+) - \S`), []codePattern{
		{"element/", slotName}, {"list/", slotName},
	}},
}

var (
	partAttribute = regexp.MustCompile(`\bpart=(?:"([a-z -]+)"|([a-z-]+))`)
	tokenUse      = regexp.MustCompile(`var\((--media-upload-[\w-]+)`)
	slotName      = regexp.MustCompile(`<slot name="([\w-]+)"`)
)

func TestElementTagsMatchTheCode(t *testing.T) {
	for _, problem := range wrongElementTags(readWebSources(t)) {
		t.Error(problem)
	}
}

// The check above passes on the sources there are; these show that it can fail.
func TestElementTagsCheckFails(t *testing.T) {
	const element = "element/element-properties.ts"
	for name, test := range map[string]struct {
		sources webSources
		want    string // the only problem
	}{
		"an event without a tag": {webSources{
			"session/events.ts": "  'file-added': FileEventDetail\n",
		}, "event file-added is in the code and has no tag"},
		"a tag without an event": {webSources{
			element: " * @fires {CustomEvent<{ a: B }>} file-gone - It is gone.\n",
		}, "event file-gone has a tag and is not in the code"},
		"a part without a tag": {webSources{
			"list/row.ts": `<li part="item wide" class="x">`, element: "@csspart item - A file.",
		}, "part wide is in the code and has no tag"},
		"a tag without a description": {webSources{
			element: "@csspart item -\n", "list/row.ts": "<li part=item>",
		}, "part item is in the code and has no tag"},
		"a state without a tag": {webSources{
			"element/form-control.ts": "export type ElementState = 'empty' | 'full'\n", element: "@cssstate full - It is full.",
		}, "state empty is in the code and has no tag"},
		"a token without a tag": {webSources{
			"list/styles/row.ts": "color: var(--media-upload-text, red);",
		}, "token --media-upload-text is in the code and has no tag"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := wrongElementTags(test.sources); len(got) != 1 || got[0] != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// Attributes and properties need no tags: the analyzer reads them from the class. It
// leaves out what has no description, so the page has a row for each.
func TestReferenceHasEveryAttribute(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs", "embedding-reference.md"))
	if err != nil {
		t.Fatal(err)
	}
	sources := readWebSources(t)
	properties := regexp.MustCompile(`(?m)^    (\w+): \{.*\},$`)
	attribute := regexp.MustCompile(`attribute: '([\w-]+)'`)
	found := 0
	for _, file := range []string{"element/element-properties.ts", "element/form-control.ts"} {
		for _, match := range properties.FindAllStringSubmatch(sources[file], -1) {
			name := match[1]
			if named := attribute.FindStringSubmatch(match[0]); named != nil {
				name = named[1]
			}
			found++
			if !strings.Contains(string(page), "| `"+name+"` |") {
				t.Errorf("docs/embedding-reference.md has no row for %s", name)
			}
		}
	}
	if found < 10 {
		t.Errorf("the sources have %d properties, want at least 10: has their notation changed?", found)
	}
}

// browserEvent is dispatched at a form control by the browser, not by our code.
const browserEvent = "invalid"

func wrongElementTags(sources webSources) (problems []string) {
	for _, kind := range elementTags {
		tagged, used := map[string]bool{}, map[string]bool{}
		for file, text := range sources {
			if webFolderOf(file) == "element" {
				collect(tagged, kind.tag, text)
			}
			for _, pattern := range kind.sources {
				if strings.HasPrefix(file, pattern.under) {
					collect(used, pattern.name, text)
				}
			}
		}
		for _, name := range slices.Sorted(maps.Keys(used)) {
			if !tagged[name] {
				problems = append(problems, fmt.Sprintf("%s %s is in the code and has no tag", kind.what, name))
			}
		}
		for _, name := range slices.Sorted(maps.Keys(tagged)) {
			if !used[name] && name != browserEvent {
				problems = append(problems, fmt.Sprintf("%s %s has a tag and is not in the code", kind.what, name))
			}
		}
	}
	return problems
}

// collect adds the names in the groups of every match. A group may list several, with
// spaces, bars or quotes between them.
func collect(names map[string]bool, pattern *regexp.Regexp, text string) {
	for _, match := range pattern.FindAllStringSubmatch(text, -1) {
		for _, name := range strings.FieldsFunc(strings.Join(match[1:], " "), func(r rune) bool { return strings.ContainsRune(" |'", r) }) {
			names[name] = true
		}
	}
}
