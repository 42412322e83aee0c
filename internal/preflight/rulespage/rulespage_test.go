package rulespage_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"mediarelay/internal/preflight"
	"mediarelay/internal/preflight/rulespage"
	"mediarelay/internal/reason/catalogue"
)

var update = flag.Bool("update", false, "write docs/rules.md and the limits in README.md")

const (
	page   = "../../../docs/rules.md"
	readme = "../../../README.md"
)

func TestTheRulesAreUpToDate(t *testing.T) {
	want := map[string]string{page: rulespage.Page(), readme: withLimits(t, read(t, readme))}
	for name, text := range want {
		if *update {
			if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if read(t, name) != text {
			t.Errorf("%s is out of date: run go generate ./internal/preflight/rulespage", name)
		}
	}
}

// withLimits puts the limits between their marks.
func withLimits(t *testing.T, text string) string {
	t.Helper()
	before, rest, started := strings.Cut(text, rulespage.ReadmeStart)
	_, after, ended := strings.Cut(rest, rulespage.ReadmeEnd)
	if !started || !ended {
		t.Fatalf("%s has no marks for the limits", readme)
	}
	return before + rulespage.ReadmeStart + rulespage.Readme() + rulespage.ReadmeEnd + after
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil && !*update {
		t.Fatal(err)
	}
	return string(text)
}

func TestPageHasEveryRuleAndCode(t *testing.T) {
	text := rulespage.Page()
	for _, r := range preflight.Rules() {
		if !strings.Contains(text, "| "+string(r.Kind)+" | "+r.Use+" |") {
			t.Errorf("no line for %s %s", r.Use, r.Kind)
		}
	}
	for _, c := range preflight.Conditions() {
		if !strings.Contains(text, "`"+string(c.Code)+"`") {
			t.Errorf("no line for %s", c.Code)
		}
	}
	if strings.ContainsAny(text, "{}") {
		t.Error("a sentence shows a placeholder")
	}
}

func TestLimitsInWords(t *testing.T) {
	for name, line := range map[string][2]string{
		"hint":                  {rulespage.Hint("en"), "Photos up to 5 MB, videos and audio up to 16 MB, documents up to 100 MB"},
		"handles":               {rulespage.Handles("en"), "Template headers support JPEG, PNG, MP4 and PDF. Profile pictures support JPEG and PNG."},
		"photo":                 {rulespage.Limits("en")[0].Formats, "JPEG or PNG"},
		"document":              {rulespage.Limits("en")[3].Formats, "text, PDF, Word, Excel or PowerPoint"},
		"hint in German":        {rulespage.Hint("de-AT"), "Fotos bis 5 MB, Videos und Audio bis 16 MB, Dokumente bis 100 MB"},
		"handles in Spanish":    {rulespage.Handles("es"), "El encabezado de una plantilla admite JPEG, PNG, MP4 y PDF. La foto del perfil admite JPEG y PNG."},
		"sticker in Portuguese": {rulespage.Limits("pt")[4].Size, "100 KB, animada 500 KB"},
		"no such language":      {rulespage.Hint("tlh"), rulespage.Hint("en")},
		"sticker":               {rulespage.Limits("en")[4].Size, "100 KB, animated 500 KB"},
	} {
		if line[0] != line[1] {
			t.Errorf("%s: %q, want %q", name, line[0], line[1])
		}
	}
}

func TestEveryLanguageHasItsOwnWords(t *testing.T) {
	english := rulespage.Limits(catalogue.Fallback)
	for _, lang := range catalogue.Languages() {
		limits := rulespage.Limits(lang)
		if len(limits) != len(english) {
			t.Fatalf("%s: %d limits, want %d", lang, len(limits), len(english))
		}
		for _, l := range limits {
			if l.Kind == "" || l.Formats == "" || l.Size == "" {
				t.Errorf("%s: %+v has no words", lang, l)
			}
		}
		if lang != catalogue.Fallback && (rulespage.Hint(lang) == rulespage.Hint(catalogue.Fallback) || rulespage.Handles(lang) == rulespage.Handles(catalogue.Fallback)) {
			t.Errorf("%s: a sentence is in English", lang)
		}
	}
}
