package main

import (
	"path"
	"strings"
)

// elementFiles bundles the element in the pieces in which it is loaded: its own
// file, what that imports statically, and what it imports when a user adds files.
func elementFiles(constants names) ([]output, error) {
	outputs, account, err := pieces(split{
		source: "web/src/element/media-upload-element-define.ts", folder: "widget",
		entry: "media-upload", piece: "[name]-[hash]", constants: constants,
	})
	if err != nil {
		return nil, err
	}
	atOnce := account.loadedAtOnce("widget/media-upload.js")
	for i, o := range outputs {
		outputs[i].part, outputs[i].language = elementPart(account.Outputs[o.name].EntryPoint)
		if atOnce[o.name] {
			outputs[i].part = element
		}
	}
	return outputs, nil
}

// elementPart tells what a piece is from its source file. A chunk that several
// pieces share has no source file.
func elementPart(source string) (kind part, language string) {
	folder, file := path.Split(source)
	language = strings.TrimSuffix(file, path.Ext(file))
	switch {
	case strings.HasSuffix(folder, "internal/reason/catalogue/"):
		return sentences, language
	case folder == "web/src/i18n/words/":
		return labels, language
	}
	return later, ""
}
