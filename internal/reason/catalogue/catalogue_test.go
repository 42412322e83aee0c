package catalogue

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"mediarelay/internal/reason"
)

// declared collects the constants of a type from the source of package reason:
// a code that nobody added to a list is not missed.
func declared(t *testing.T, typeName string) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for _, name := range sources(t) {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
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

func sources(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("../*.go")
	if err != nil || len(names) == 0 {
		t.Fatalf("no source of package reason: %v", err)
	}
	return names
}

func collect(file *ast.File, typeName string, found map[string]bool) {
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if id, ok := spec.Type.(*ast.Ident); ok && id.Name == typeName {
			for _, value := range spec.Values {
				if text, ok := value.(*ast.BasicLit); ok && text.Kind == token.STRING {
					word, _ := strconv.Unquote(text.Value)
					found[word] = true
				}
			}
		}
		return true
	})
}

func TestEveryCodeHasItsSentence(t *testing.T) {
	for lang, l := range languages {
		codes := declared(t, "Code")
		for code := range codes {
			if l.Reasons[reason.Code(code)].Message == "" {
				t.Errorf("%s.json: no sentence for code %q", lang, code)
			}
		}
		for code := range l.Reasons {
			if !codes[string(code)] {
				t.Errorf("%s.json: sentence for %q, which no code of package reason has", lang, code)
			}
		}
	}
}

func TestEveryFixHasItsSentence(t *testing.T) {
	for lang, l := range languages {
		fixes := declared(t, "Fix")
		for fix := range fixes {
			if l.Fixes[reason.Fix(fix)] == "" {
				t.Errorf("%s.json: no sentence for fix %q", lang, fix)
			}
		}
		for fix := range l.Fixes {
			if !fixes[string(fix)] {
				t.Errorf("%s.json: sentence for %q, which no fix of package reason has", lang, fix)
			}
		}
	}
}

// A file that is not embedded is a language that nobody gets.
func TestEveryFileIsLoaded(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".json"); ok {
			if _, loaded := languages[name]; !loaded {
				t.Errorf("%s is not loaded", e.Name())
			}
		}
	}
	if len(languages[Fallback].Reasons) == 0 {
		t.Fatal("the fallback language has no sentences")
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		lang string
		fact reason.Fact
		want string
	}{
		{"en", reason.Bytes("size", 1023), "1023 bytes"},
		{"en", reason.Bytes("size", 102_400), "100 KB"},
		{"en", reason.Bytes("size", 102_401), "100.01 KB"},
		{"en", reason.Bytes("size", 5_242_880), "5 MB"},
		{"en", reason.Bytes("size", 5_242_881), "5.01 MB"},
		{"en", reason.Bytes("size", 5_242_879), "4.99 MB"},
		{"en", reason.Bytes("size", 104_857_600), "100 MB"},
		{"en", reason.Bytes("size", 11_600_000), "11.06 MB"},
		{"de", reason.Bytes("size", 11_600_000), "11,06 MB"},
		{"en", reason.Number("duration", 7, reason.UnitMilliseconds), "7 ms"},
		{"en", reason.Number("duration", 10_001, reason.UnitMilliseconds), "10.01 s"},
		{"en", reason.Number("width", 511, reason.UnitPixels), "511"},
		{"en", reason.Text("codec", "H.265"), "H.265"},
	} {
		if got := write(c.lang, c.fact); got != c.want {
			t.Errorf("write(%q, %v) = %q, want %q", c.lang, c.fact, got, c.want)
		}
	}
}

func TestSentence(t *testing.T) {
	hevc := reason.Reason{Code: reason.VideoCodec, Facts: []reason.Fact{reason.Text("codec", "H.265")}}
	const want = "This video is coded in H.265. WhatsApp plays H.264 only, so it would be accepted and never arrive."
	for _, lang := range []string{"en", "EN-gb", "", "tlh"} {
		if got := Sentence(lang, hevc); got != want {
			t.Errorf("Sentence(%q) = %q, want %q", lang, got, want)
		}
	}
	if got := Message("en", "no_such_code", nil); got != "no_such_code" {
		t.Errorf("a code without a sentence came out as %q", got)
	}
}
