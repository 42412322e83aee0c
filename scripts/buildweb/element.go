package main

import (
	"encoding/json"
	"fmt"
	"path"
	"regexp"

	"github.com/evanw/esbuild/pkg/api"
)

// elementFiles makes the element in the pieces in which it is loaded: its own
// file, what that imports at once, and what it imports when files come. The
// pieces name each other, so their hashes are the bundler's.
func elementFiles(constants names) ([]output, error) {
	options := scriptOptions("web/src/media-upload-element-define.ts", constants)
	options.Splitting = true
	options.Metafile = true
	options.Outdir = "widget"
	options.EntryNames = "media-upload"
	options.ChunkNames = "[name]-[hash]"
	result, err := esbuild(options)
	if err != nil {
		return nil, err
	}
	atOnce, err := loadedAtOnce(result.Metafile, "widget/media-upload.js")
	if err != nil {
		return nil, err
	}
	return elementOutputs(result.OutputFiles, atOnce), nil
}

func elementOutputs(files []api.OutputFile, atOnce map[string]bool) []output {
	outputs := make([]output, len(files))
	for i, file := range files {
		name := "widget/" + path.Base(file.Path)
		outputs[i] = output{name: name, content: file.Contents, part: elementPart(name, atOnce)}
	}
	return outputs
}

// catalogueName is the bundler's name for a file of internal/reason/catalogue:
// two letters for its language.
var catalogueName = regexp.MustCompile(`^widget/[a-z]{2}-`)

func elementPart(name string, atOnce map[string]bool) part {
	switch {
	case atOnce[name]:
		return element
	case catalogueName.MatchString(name):
		return words
	}
	return later
}

// loadedAtOnce returns the entry and all that it imports before it runs, by the
// bundler's own account.
func loadedAtOnce(metafile, entry string) (map[string]bool, error) {
	var account struct {
		Outputs map[string]struct {
			Imports []struct{ Path, Kind string }
		}
	}
	if err := json.Unmarshal([]byte(metafile), &account); err != nil {
		return nil, fmt.Errorf("the bundler's metafile: %w", err)
	}
	found := map[string]bool{entry: true}
	for queue := []string{entry}; len(queue) > 0; queue = queue[1:] {
		for _, imported := range account.Outputs[queue[0]].Imports {
			if imported.Kind == "import-statement" && !found[imported.Path] {
				found[imported.Path] = true
				queue = append(queue, imported.Path)
			}
		}
	}
	return found, nil
}
