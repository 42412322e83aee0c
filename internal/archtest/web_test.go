package archtest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestWebFoldersImportOneWay(t *testing.T) {
	for _, problem := range wrongWebImports(readWebSources(t)) {
		t.Error(problem)
	}
}

func TestWebFilesHaveNoImportCycle(t *testing.T) {
	for _, problem := range webCycles(readWebSources(t)) {
		t.Error(problem)
	}
}

func TestWebFilesAreShort(t *testing.T) {
	for _, problem := range longWebFiles(readWebSources(t)) {
		t.Error(problem)
	}
}

// The checks above pass on the sources there are; these show that each can fail.
func TestWebChecksFail(t *testing.T) {
	const list = "list/row.ts"
	for name, test := range map[string]struct {
		check   func(webSources) []string
		sources webSources
		want    string // part of the only problem; empty for none
	}{
		"an import that the table has": {wrongWebImports, webSources{
			list: "import { queue } from '../session/queue.js'", "session/queue.ts": "",
		}, ""},
		"an import within a folder": {wrongWebImports, webSources{
			list: "import './styles/row.js'", "list/styles/row.ts": "",
		}, ""},
		"a package, and a file outside web/src": {wrongWebImports, webSources{
			list: "import { html } from 'lit'\nimport('../../../internal/reason/catalogue/en.json')",
		}, ""},
		"an import against the direction": {wrongWebImports, webSources{
			"session/queue.ts": "import { row } from '../list/row.js'", list: "",
		}, "session/queue.ts imports list/row.ts: the session has neither DOM nor words"},
		"a type alone, over several lines": {wrongWebImports, webSources{
			"engine/engine.ts": "import type {\n  Job,\n} from '../worker/job.js'", "worker/job.ts": "",
		}, "engine/engine.ts imports worker/job.ts: engine is the interface"},
		"a declaration file": {wrongWebImports, webSources{
			"session/queue.ts": "import type { Go } from '../worker/wasm.js'", "worker/wasm.d.ts": "",
		}, "session/queue.ts imports worker/wasm.d.ts"},
		"a dynamic import": {wrongWebImports, webSources{
			"page/page.ts": `const load = () => import("../list/row.js")`, list: "",
		}, "page/page.ts imports list/row.ts: the page uses the element"},
		"a re-export": {wrongWebImports, webSources{
			"i18n/words.ts": "export { row } from '../list/row.js'", list: "",
		}, "i18n/words.ts imports list/row.ts: i18n turns"},
		"a folder that the table lacks": {wrongWebImports, webSources{
			"utils/misc.ts": "",
		}, "utils/misc.ts: its folder is not in webFolders"},

		"a chain": {webCycles, webSources{
			"a/a.ts": "import './b.js'\nimport './c.js'", "a/b.ts": "import './c.js'", "a/c.ts": "",
		}, ""},
		"two files that import each other": {webCycles, webSources{
			"a/a.ts": "import type { B } from './b.js'", "a/b.ts": "import { a } from './a.js'",
		}, "a/a.ts → a/b.ts → a/a.ts"},
		"a cycle of three files": {webCycles, webSources{
			"a/main.ts": "import './x.js'", "a/x.ts": "import './y.js'", "a/y.ts": "import './z.js'", "a/z.ts": "import './x.js'",
		}, "a/x.ts → a/y.ts → a/z.ts → a/x.ts"},

		"a file as long as allowed": {longWebFiles, webSources{
			"a/a.ts": strings.Repeat("x\n", longestWebFile),
		}, ""},
		"a file longer than that": {longWebFiles, webSources{
			"a/a.ts": strings.Repeat("x\n", longestWebFile+1),
		}, "a/a.ts has 251 lines"},
	} {
		t.Run(name, func(t *testing.T) {
			got := test.check(test.sources)
			switch {
			case test.want == "" && len(got) > 0:
				t.Errorf("got %q, want no problem", got)
			case test.want != "" && (len(got) != 1 || !strings.Contains(got[0], test.want)):
				t.Errorf("got %q, want one problem with %q", got, test.want)
			}
		})
	}
}

func wrongWebImports(sources webSources) (problems []string) {
	for _, file := range sortedFiles(sources) {
		from := slices.IndexFunc(webFolders, func(f webFolder) bool { return f.name == webFolderOf(file) })
		if from < 0 {
			problems = append(problems, file+": its folder is not in webFolders: say what it may import, and why")
			continue
		}
		for _, imported := range sources.imports(file) {
			if to := webFolderOf(imported); to != webFolderOf(file) && !slices.Contains(webFolders[from].may, to) {
				problems = append(problems, fmt.Sprintf("%s imports %s: %s", file, imported, webFolders[from].why))
			}
		}
	}
	return problems
}

// webCycles finds import cycles; each is reported once, from the file where the search enters it.
func webCycles(sources webSources) (problems []string) {
	finished := map[string]bool{}
	var chain []string
	var follow func(file string)
	follow = func(file string) {
		if i := slices.Index(chain, file); i >= 0 {
			problems = append(problems, "import cycle: "+strings.Join(append(slices.Clone(chain[i:]), file), " → "))
			return
		}
		if finished[file] {
			return
		}
		chain = append(chain, file)
		for _, imported := range sources.imports(file) {
			follow(imported)
		}
		chain = chain[:len(chain)-1]
		finished[file] = true
	}
	for _, file := range sortedFiles(sources) {
		follow(file)
	}
	return problems
}

func longWebFiles(sources webSources) (problems []string) {
	for _, file := range sortedFiles(sources) {
		if lines := strings.Count(sources[file], "\n"); lines > longestWebFile {
			problems = append(problems, fmt.Sprintf("%s has %d lines, and %d are the most: split it along its nouns", file, lines, longestWebFile))
		}
	}
	return problems
}

func sortedFiles(sources webSources) []string {
	return slices.Sorted(maps.Keys(sources))
}
