package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// names are the constants that the sources leave to the build: files whose
// names change with their content.
type names map[string]string

// script bundles a TypeScript file and all that it imports.
func script(entry, pattern string, constants names) (output, error) {
	return bundle(pattern, scriptOptions(entry, constants))
}

func scriptOptions(entry string, constants names) api.BuildOptions {
	define := make(map[string]string, len(constants))
	for name, value := range constants {
		define[name] = strconv.Quote(value)
	}
	return api.BuildOptions{
		EntryPoints: []string{entry},
		Define:      define,
		// A module keeps import.meta.url, by which the element finds its worker
		// on whatever server it came from.
		Format:  api.FormatESModule,
		Plugins: []api.Plugin{goLoaderPlugin, stylesPlugin},
	}
}

// elementFiles makes the element in the pieces in which it is loaded: its own
// file, what that imports at once, and what it imports when files come. The
// pieces name each other, so their hashes are the bundler's.
func elementFiles(constants names) ([]output, error) {
	options := scriptOptions("web/src/media-upload-element-define.ts", constants)
	options.Splitting = true
	options.Outdir = "widget"
	options.EntryNames = "media-upload"
	options.ChunkNames = "[name]-[hash]"
	files, err := esbuild(options)
	if err != nil {
		return nil, err
	}
	outputs := make([]output, len(files))
	for i, file := range files {
		outputs[i] = output{name: "widget/" + filepath.Base(file.Path), content: file.Contents}
	}
	return outputs, nil
}

func bundle(pattern string, options api.BuildOptions) (output, error) {
	files, err := esbuild(options)
	if err != nil {
		return output{}, err
	}
	if len(files) != 1 {
		return output{}, fmt.Errorf("%s: the bundler made %d files where one was meant", options.EntryPoints, len(files))
	}
	return hashed(pattern, files[0].Contents), nil
}

func esbuild(options api.BuildOptions) ([]api.OutputFile, error) {
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
		return nil, errors.New(strings.Join(messages, ""))
	}
	return result.OutputFiles, nil
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
