package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// names are constants that the build defines in the sources: the names of files
// whose names contain a hash.
type names map[string]string

// scriptOptions bundle a TypeScript file and everything that it imports.
func scriptOptions(entry string, constants names) api.BuildOptions {
	define := map[string]string{"__ENGINE_PROTOCOL__": strconv.Itoa(engineProtocol)}
	for name, value := range constants {
		define[name] = strconv.Quote(value)
	}
	return api.BuildOptions{
		EntryPoints: []string{entry},
		Define:      define,
		// Only a module has import.meta.url, which tells the element the server
		// that it came from and so the URL of its worker.
		Format:  api.FormatESModule,
		Plugins: []api.Plugin{goLoaderPlugin, templatesPlugin},
	}
}

func bundle(pattern string, options api.BuildOptions) (output, error) {
	result, err := esbuild(options)
	if err != nil {
		return output{}, err
	}
	if files := len(result.OutputFiles); files != 1 {
		return output{}, fmt.Errorf("%s: the bundler wrote %d files, want one", options.EntryPoints, files)
	}
	return hashed(pattern, result.OutputFiles[0].Contents), nil
}

func esbuild(options api.BuildOptions) (api.BuildResult, error) {
	options.Bundle = true
	options.Target = api.ES2022
	options.Charset = api.CharsetUTF8
	options.MinifyWhitespace = true
	options.MinifyIdentifiers = true
	options.MinifySyntax = true
	// Bundled packages require that their licence stays with them.
	options.LegalComments = api.LegalCommentsEndOfFile
	result := api.Build(options)
	if len(result.Errors) > 0 {
		messages := api.FormatMessages(result.Errors, api.FormatMessagesOptions{Kind: api.ErrorMessage})
		return result, errors.New(strings.Join(messages, ""))
	}
	return result, nil
}

// goLoaderPlugin resolves the import 'wasm_exec'.
var goLoaderPlugin = api.Plugin{
	Name: "wasm_exec",
	Setup: func(build api.PluginBuild) {
		build.OnResolve(api.OnResolveOptions{Filter: `^wasm_exec$`}, func(api.OnResolveArgs) (api.OnResolveResult, error) {
			loader, err := goLoader()
			return api.OnResolveResult{Path: loader}, err
		})
	},
}
