package main

import (
	"errors"
	"os"
	"path"
	"path/filepath"
	"regexp"

	"github.com/evanw/esbuild/pkg/api"
)

// The package's scripts differ from the server's in how they find each other. The
// server gives each file its name. A portal's bundler gives them others, and finds
// them by new URL('…', import.meta.url) alone: so the scripts have such URLs of the
// worker and of the Go module, and the worker, which a bundler copies without looking
// into it, is one file that learns the module's URL from its own.
const (
	packageEngine = "engine/"
	litHTML       = "web/node_modules/lit-html/"
)

// packageScripts writes dist: the entries with what they share, and engine with the
// worker and its Go module.
func packageScripts() error {
	goModule, err := compileGoModule()
	if err != nil {
		return err
	}
	worker, err := packageWorker()
	if err != nil {
		return err
	}
	modulePath := packageEngine + path.Base(goModule.name)
	entries, err := packageEntries("./"+worker.name, "./"+modulePath)
	if err != nil {
		return err
	}
	outputs := append(entries, worker, output{name: modulePath, content: goModule.content})
	for _, o := range outputs {
		if err := writeFile(filepath.Join(packageDir, "dist", filepath.FromSlash(o.name)), o.content); err != nil {
			return err
		}
	}
	return nil
}

// packageWorker bundles the worker and its sending part into one file.
func packageWorker() (output, error) {
	options := scriptOptions("web/src/worker/worker.ts", nil)
	options.Define["__WASM_FILE__"] = "packagedModule"
	options.Inject = []string{"web/src/npm/packaged-module.ts"}
	return bundle(packageEngine+"worker-%s.js", options)
}

// packageEntries bundles the entries, with one file for each dynamic import and for
// what several entries share.
func packageEntries(workerPath, modulePath string) ([]output, error) {
	options := scriptOptions("", names{"__WORKER_PATH__": workerPath, "__MODULE_PATH__": modulePath})
	options.EntryPoints = []string{"web/src/npm/index.ts", "web/src/npm/element.ts", "web/src/npm/headless.ts", "web/src/npm/check.ts"}
	options.Define["__WORKER_FILE__"] = "packagedWorker"
	options.Inject = []string{"web/src/npm/packaged-worker.ts", "web/src/npm/dom-globals.ts"}
	options.Plugins = append(options.Plugins, litForServersPlugin)
	options.Splitting = true
	options.Outdir = "dist"
	options.EntryNames = "[name]"
	options.ChunkNames = "[name]-[hash]"
	result, err := esbuild(options)
	outputs := make([]output, len(result.OutputFiles))
	for i, file := range result.OutputFiles {
		outputs[i] = output{name: path.Base(filepath.ToSlash(file.Path)), content: file.Contents}
	}
	return outputs, err
}

// importStatement matches no call of importNode.
var importStatement = regexp.MustCompile(`\bimport\s*["*{]`)

// litForServersPlugin takes lit-html's build for Node, which is the one for browsers
// with a guard around the document that it needs when it is loaded. The other parts of
// Lit need no document, and web/src/npm/dom-globals.ts gives them HTMLElement.
var litForServersPlugin = api.Plugin{
	Name: "lit for servers",
	Setup: func(build api.PluginBuild) {
		build.OnLoad(api.OnLoadOptions{Filter: `/lit-html/lit-html\.js$`}, func(api.OnLoadArgs) (api.OnLoadResult, error) {
			content, err := os.ReadFile(litHTML + "node/lit-html.js")
			text := string(content)
			if err == nil && importStatement.MatchString(text) {
				err = errors.New(litHTML + "node/lit-html.js: want no imports, which the build for browsers would not share")
			}
			return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS}, err
		})
	},
}
