package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// names are the constants that the sources leave to the build: files whose
// names change with their content.
type names map[string]string

// script bundles a TypeScript file and all that it imports.
func script(entry, pattern string, constants names) (output, error) {
	define := make(map[string]string, len(constants))
	for name, value := range constants {
		define[name] = strconv.Quote(value)
	}
	return bundle(pattern, api.BuildOptions{
		EntryPoints: []string{entry},
		Define:      define,
		// A module keeps import.meta.url, by which the element finds its worker
		// on whatever server it came from.
		Format:  api.FormatESModule,
		Plugins: []api.Plugin{goLoaderPlugin, stylesPlugin},
	})
}

func bundle(pattern string, options api.BuildOptions) (output, error) {
	options.Bundle = true
	options.Target = api.ES2022
	options.Charset = api.CharsetUTF8
	options.MinifyWhitespace = true
	options.MinifyIdentifiers = true
	options.MinifySyntax = true
	// Licences of what is bundled stay with it, as they ask.
	options.LegalComments = api.LegalCommentsEndOfFile
	result := api.Build(options)
	if len(result.Errors) > 0 {
		messages := api.FormatMessages(result.Errors, api.FormatMessagesOptions{Kind: api.ErrorMessage})
		return output{}, errors.New(strings.Join(messages, ""))
	}
	if len(result.OutputFiles) != 1 {
		return output{}, fmt.Errorf("%s: the bundler made %d files where one was meant", options.EntryPoints, len(result.OutputFiles))
	}
	return hashed(pattern, result.OutputFiles[0].Contents), nil
}

// goLoaderPlugin finds the import 'wasm_exec'.
var goLoaderPlugin = api.Plugin{
	Name: "wasm_exec",
	Setup: func(build api.PluginBuild) {
		build.OnResolve(api.OnResolveOptions{Filter: `^wasm_exec$`}, func(api.OnResolveArgs) (api.OnResolveResult, error) {
			loader, err := goLoader()
			return api.OnResolveResult{Path: loader}, err
		})
	},
}

// pageFiles makes the page and what it loads by itself. The element is not in
// its script: the page loads it as any other page does.
func pageFiles() ([]output, error) {
	code, err := script("web/src/page.ts", "assets/page-%s.js", nil)
	if err != nil {
		return nil, err
	}
	styles, err := bundle("assets/page-%s.css", api.BuildOptions{EntryPoints: []string{"web/src/page.css"}})
	if err != nil {
		return nil, err
	}
	index, err := pageTemplate(names{"%PAGE_JS%": "/" + code.name, "%PAGE_CSS%": "/" + styles.name})
	return []output{code, styles, index}, err
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
