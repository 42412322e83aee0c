package archtest

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// webSources are TypeScript files by their paths in web/src.
type webSources map[string]string

// webImport finds what a file imports: static or dynamic, values or types.
var webImport = regexp.MustCompile(`\b(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]`)

func readWebSources(t *testing.T) webSources {
	t.Helper()
	folder := filepath.Join(root, "web", "src")
	sources := webSources{}
	err := filepath.WalkDir(folder, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(file) != ".ts" {
			return err
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(folder, file)
		sources[filepath.ToSlash(name)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sources
}

// imports lists the files of web/src that a file imports, in the order of its text.
func (s webSources) imports(file string) (list []string) {
	for _, match := range webImport.FindAllStringSubmatch(s[file], -1) {
		if imported, ok := s.resolve(path.Join(path.Dir(file), match[1])); ok {
			list = append(list, imported)
		}
	}
	return list
}

// resolve finds the source of a name as imports write it. A name outside
// web/src, such as a catalogue's, has none; tsc fails on one that does not exist.
func (s webSources) resolve(name string) (string, bool) {
	stem := strings.TrimSuffix(name, ".js")
	for _, file := range []string{stem + ".ts", stem + ".d.ts"} {
		if _, ok := s[file]; ok {
			return file, true
		}
	}
	return "", false
}

// webFolderOf is the first part of a path in web/src.
func webFolderOf(file string) string {
	folder, _, _ := strings.Cut(file, "/")
	return folder
}
