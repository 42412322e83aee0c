package main

import (
	"encoding/json"
	"fmt"
	"path"
)

// split is a script that the browser loads in pieces.
type split struct {
	source       string
	folder       string // in web/dist
	entry, piece string // file name patterns of esbuild
	constants    names
}

// pieces bundles a script, with each dynamic import in a file of its own. The files
// refer to each other by name, so the bundler computes the hashes in the names.
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

// metafile is the bundler's list of the files that it wrote.
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

// madeOf returns the output file of a source file.
func (m metafile) madeOf(source string) string {
	for name, made := range m.Outputs {
		if made.EntryPoint == source {
			return name
		}
	}
	return ""
}

// loadedAtOnce returns the entry and everything that it imports statically.
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
