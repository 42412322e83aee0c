package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// pageFiles builds the upload page, its script, styles and icon. The element is
// not part of the script: the page loads it as any other page does.
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
	index, err := pageTemplate("index.html", names{"%PAGE_JS%": "/" + entry, "%PAGE_CSS%": "/" + styles.name, "%ICON%": "/" + icon.name})
	return append(code, styles, icon, index), err
}

// pageScripts bundles the page's script and one piece for each language other
// than that of the HTML.
func pageScripts() (entry string, code []output, err error) {
	const source = "web/src/page/page.ts"
	code, account, err := pieces(split{source: source, folder: "assets", entry: "page-[hash]", piece: "page-[name]-[hash]"})
	return account.madeOf(source), code, err
}

// pageTemplate fills in the names of the files. The actions of html/template stay
// for the server.
func pageTemplate(name string, marks names) (output, error) {
	source := "web/" + name
	content, err := os.ReadFile(source)
	if err != nil {
		return output{}, err
	}
	text := string(content)
	for mark, value := range marks {
		if !strings.Contains(text, mark) {
			return output{}, fmt.Errorf("%s: placeholder %s is missing, so the page would not load that file", source, mark)
		}
		text = strings.ReplaceAll(text, mark, value)
	}
	return output{name: name, content: []byte(text), template: true}, nil
}
