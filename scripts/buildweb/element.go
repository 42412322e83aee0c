package main

import (
	"encoding/json"
	"fmt"
	"path"
	"strings"

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
	account, err := readMetafile(result.Metafile)
	if err != nil {
		return nil, err
	}
	return account.elementOutputs(result.OutputFiles), nil
}

func (m metafile) elementOutputs(files []api.OutputFile) []output {
	atOnce := m.loadedAtOnce("widget/media-upload.js")
	outputs := make([]output, len(files))
	for i, file := range files {
		name := "widget/" + path.Base(file.Path)
		outputs[i] = output{name: name, content: file.Contents}
		outputs[i].part, outputs[i].language = elementPart(m.Outputs[name].EntryPoint)
		if atOnce[name] {
			outputs[i].part = element
		}
	}
	return outputs
}

// elementPart tells what a piece is by the source that it was made for; pieces
// that several need have none.
func elementPart(source string) (kind part, language string) {
	folder, file := path.Split(source)
	language = strings.TrimSuffix(file, path.Ext(file))
	switch {
	case strings.HasSuffix(folder, "internal/reason/catalogue/"):
		return sentences, language
	case folder == "web/src/words/":
		return labels, language
	}
	return later, ""
}

// metafile is the bundler's own account of what it made.
type metafile struct {
	Outputs map[string]struct {
		EntryPoint string
		Imports    []struct{ Path, Kind string }
	}
}

func readMetafile(text string) (m metafile, err error) {
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return m, fmt.Errorf("the bundler's metafile: %w", err)
	}
	return m, nil
}

// loadedAtOnce returns the entry and all that it imports before it runs.
func (m metafile) loadedAtOnce(entry string) map[string]bool {
	found := map[string]bool{entry: true}
	for queue := []string{entry}; len(queue) > 0; queue = queue[1:] {
		for _, imported := range m.Outputs[queue[0]].Imports {
			if imported.Kind == "import-statement" && !found[imported.Path] {
				found[imported.Path] = true
				queue = append(queue, imported.Path)
			}
		}
	}
	return found
}
