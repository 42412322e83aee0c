package archtest

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// Every package has exactly one package comment. go doc joins several of them in the
// order of the file names.
func TestEveryPackageHasOneDoc(t *testing.T) {
	for path, p := range listNative(t) {
		docs := packageDocs(t, p.Dir)
		if len(docs) != 1 {
			t.Errorf("%s has %d package comments, want one: %s", path, len(docs), strings.Join(docs, ", "))
		}
	}
}

// packageDocs lists the files in a folder with a package comment, for any build.
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
