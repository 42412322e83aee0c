package archtest

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// A package says once what it is: in no file, a reader looks for it in vain; in
// two, go doc joins them in the order of their names.
func TestEveryPackageHasOneDoc(t *testing.T) {
	for path, p := range listNative(t) {
		docs := packageDocs(t, p.Dir)
		if len(docs) != 1 {
			t.Errorf("%s has %d package docs, and needs one: %s", path, len(docs), strings.Join(docs, ", "))
		}
	}
}

// packageDocs returns the files of a folder that have one, for any build.
func packageDocs(t *testing.T, dir string) (docs []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if file.Doc != nil {
			docs = append(docs, filepath.Base(name))
		}
	}
	return docs
}
