package main

import (
	"encoding/json"
	"fmt"
	"path"
)

// split is a script that is loaded in pieces.
type split struct {
	source       string
	folder       string // of web/dist
	entry, piece string // the files' names, in esbuild's words
	constants    names
}

// pieces bundles a script and, each in a file of its own, what it imports
// later. The files name each other, so their hashes are the bundler's.
func pieces(s split) ([]output, metafile, error) {
	options := scriptOptions(s.source, s.constants)
	options.Splitting = true
	options.Metafile = true
	options.Outdir = s.folder
	options.EntryNames = s.entry
	options.ChunkNames = s.piece
	result, err := esbuild(options)
	if err != nil {
		return nil, metafile{}, err
	}
	account, err := readMetafile(result.Metafile)
	outputs := make([]output, len(result.OutputFiles))
	for i, file := range result.OutputFiles {
		outputs[i] = output{name: s.folder + "/" + path.Base(file.Path), content: file.Contents}
	}
	return outputs, account, err
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

// madeOf returns the file that was made for a source.
func (m metafile) madeOf(source string) string {
	for name, made := range m.Outputs {
		if made.EntryPoint == source {
			return name
		}
	}
	return ""
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
