package catalogue

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"testing"
)

// declared collects the constants of a type from the source of package reason, each with
// its comment. Unlike a list, the source cannot miss one.
func declared(t *testing.T, typeName string) map[string]string {
	t.Helper()
	names, err := filepath.Glob("../*.go")
	if err != nil || len(names) == 0 {
		t.Fatalf("no source of package reason: %v", err)
	}
	found := map[string]string{}
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		collect(file, typeName, found)
	}
	if len(found) == 0 {
		t.Fatalf("no constant of type %s found in package reason", typeName)
	}
	return found
}

func collect(file *ast.File, typeName string, found map[string]string) {
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if id, ok := spec.Type.(*ast.Ident); ok && id.Name == typeName {
			for _, value := range spec.Values {
				if text, ok := value.(*ast.BasicLit); ok && text.Kind == token.STRING {
					word, _ := strconv.Unquote(text.Value)
					found[word] = spec.Doc.Text()
				}
			}
		}
		return true
	})
}
