package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// pageFiles makes the page and what it loads by itself. The element is not in
// its script: the page loads it as any other page does.
func pageFiles() ([]output, error) {
	entry, code, err := pageScripts()
	if err != nil {
		return nil, err
	}
	styles, err := bundle("assets/page-%s.css", api.BuildOptions{EntryPoints: []string{"web/src/page/page.css"}})
	if err != nil {
		return nil, err
	}
	drawing, err := os.ReadFile("web/icon.svg")
	if err != nil {
		return nil, err
	}
	icon := hashed("assets/icon-%s.svg", drawing)
	index, err := pageTemplate(names{"%PAGE_JS%": "/" + entry, "%PAGE_CSS%": "/" + styles.name, "%ICON%": "/" + icon.name})
	return append(code, styles, icon, index), err
}

// pageScripts makes the page's script and, a piece for each, the words of the
// languages that are not in its HTML.
func pageScripts() (entry string, code []output, err error) {
	const source = "web/src/page/page.ts"
	code, account, err := pieces(split{source: source, folder: "assets", entry: "page-[hash]", piece: "page-[name]-[hash]"})
	return account.madeOf(source), code, err
}

// pageTemplate fills in the files' names and leaves the html/template's own
// actions to the server.
func pageTemplate(marks names) (output, error) {
	const source = "web/index.html"
	content, err := os.ReadFile(source)
	if err != nil {
		return output{}, err
	}
	text := string(content)
	for mark, value := range marks {
		if !strings.Contains(text, mark) {
			return output{}, fmt.Errorf("%s: %s is missing, so the page would not load that file", source, mark)
		}
		text = strings.ReplaceAll(text, mark, value)
	}
	return output{name: "index.html", content: []byte(text), template: true}, nil
}
