package catalogue

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mediarelay/internal/media"
	"mediarelay/internal/probe"
	"mediarelay/internal/reason"
)

// texts lists every text of a language by its place, which is the same in all languages.
func (w words) texts() map[string]string {
	all := map[string]string{}
	for code, s := range w.Reasons {
		all["reasons."+string(code)] = s.Message
		if s.Detail != "" {
			all["details."+string(code)] = s.Detail
		}
	}
	for fix, s := range w.Fixes {
		all["fixes."+string(fix)] = s
	}
	for term, s := range w.Terms {
		all["terms."+term] = s
	}
	return all
}

// alike lists the texts that are the same as in English.
var alike = map[string]string{
	"es terms.byte":  "Spanish uses the English word",
	"es terms.bytes": "Spanish uses the English word",
	"pt terms.byte":  "Portuguese uses the English word",
	"pt terms.bytes": "Portuguese uses the English word",
}

func TestEveryLanguageIsComplete(t *testing.T) {
	english := languages[Fallback].texts()
	for lang, w := range languages {
		own := w.texts()
		for place, want := range english {
			if got := own[place]; strings.TrimSpace(got) == "" {
				t.Errorf("%s.json: %s is missing or empty", lang, place)
			} else if !slices.Equal(placeholders(got), placeholders(want)) {
				t.Errorf("%s.json: %s has the placeholders %v, want %v as in English", lang, place, placeholders(got), placeholders(want))
			}
		}
		for place := range own {
			if _, ok := english[place]; !ok {
				t.Errorf("%s.json: %s is not in English", lang, place)
			}
		}
	}
}

func TestEveryTextIsTranslated(t *testing.T) {
	english, found := languages[Fallback].texts(), map[string]bool{}
	for _, lang := range Languages() {
		for place, got := range languages[lang].texts() {
			if lang == Fallback || got != english[place] {
				continue
			}
			found[lang+" "+place] = true
			if alike[lang+" "+place] == "" {
				t.Errorf("%s.json: %s is the English text", lang, place)
			}
		}
	}
	for place := range alike {
		if !found[place] {
			t.Errorf("alike lists %s, which is not the English text", place)
		}
	}
}

// Sentences for people have typographic apostrophes and quotation marks.
func TestTypographicQuotes(t *testing.T) {
	for lang, w := range languages {
		for place, text := range w.texts() {
			if strings.ContainsAny(text, "'\"`") {
				t.Errorf("%s.json: %s has a straight apostrophe or quotation mark: %s", lang, place, text)
			}
		}
	}
}

func TestEveryCodeHasItsSentence(t *testing.T) {
	codes, english := declared(t, "Code"), languages[Fallback].Reasons
	for code := range codes {
		if english[reason.Code(code)].Message == "" {
			t.Errorf("no sentence for code %q", code)
		}
	}
	for code := range english {
		if _, ok := codes[string(code)]; !ok {
			t.Errorf("a sentence for %q, which is not a code of package reason", code)
		}
	}
}

func TestEveryFixHasItsSentence(t *testing.T) {
	fixes, english := declared(t, "Fix"), languages[Fallback].Fixes
	for fix := range fixes {
		if english[reason.Fix(fix)] == "" {
			t.Errorf("no sentence for fix %q", fix)
		}
	}
	for fix := range english {
		if _, ok := fixes[string(fix)]; !ok {
			t.Errorf("a sentence for %q, which is not a fix of package reason", fix)
		}
	}
}

// documentedFacts finds "Facts: size, limit (of …)." in a code's comment.
var documentedFacts = regexp.MustCompile(`Facts?:\s+([^.]*)\.`)

// A placeholder without a fact would be shown to the user.
func TestEveryPlaceholderIsAFactOfItsCode(t *testing.T) {
	codes, held := declared(t, "Code"), 0
	for code, s := range languages[Fallback].Reasons {
		facts := ""
		if found := documentedFacts.FindStringSubmatch(codes[string(code)]); found != nil {
			facts = found[1]
		}
		for _, place := range placeholders(s.Message + s.Detail) {
			held++
			if !regexp.MustCompile(`\b` + place + `\b`).MatchString(facts) {
				t.Errorf("%s: {%s} is not a documented fact of the code (%q)", code, place, facts)
			}
		}
	}
	if held == 0 {
		t.Fatal("no sentence has a placeholder")
	}
}

// Facts that are words, not proper names, are translated.
func TestFactsThatAreWordsHaveTerms(t *testing.T) {
	facts := []string{
		string(probe.ColorGray), string(probe.ColorGrayAlpha), string(probe.ColorPalette),
		string(probe.CodingLossless), string(probe.CodingHierarchical), string(probe.CodingArithmetic),
	}
	for _, kind := range media.Kinds() {
		facts = append(facts, string(kind))
	}
	terms := slices.Sorted(maps.Keys(languages[Fallback].Terms))
	for _, fact := range facts {
		if !slices.Contains(terms, fact) {
			t.Errorf("no term for the fact %q", fact)
		}
	}
}

var place = regexp.MustCompile(`\{(\w*)\}`)

// placeholders returns the sorted placeholders of a text, each once.
func placeholders(text string) []string {
	var names []string
	for _, found := range place.FindAllStringSubmatch(text, -1) {
		names = append(names, found[1])
	}
	slices.Sort(names)
	return slices.Compact(names)
}
