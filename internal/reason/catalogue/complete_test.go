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

// texts lists every text of a language under the place that it has in all.
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

// alike are the texts that a language rightly has in common with English.
var alike = map[string]string{
	"es terms.byte":  "Spanish took the word over",
	"es terms.bytes": "Spanish took the word over",
	"pt terms.byte":  "Portuguese took the word over",
	"pt terms.bytes": "Portuguese took the word over",
}

func TestEveryLanguageSaysWhatEnglishSays(t *testing.T) {
	english := languages[Fallback].texts()
	for lang, w := range languages {
		own := w.texts()
		for place, want := range english {
			if got := own[place]; strings.TrimSpace(got) == "" {
				t.Errorf("%s.json: %s is missing or empty", lang, place)
			} else if !slices.Equal(placeholders(got), placeholders(want)) {
				t.Errorf("%s.json: %s has the places %v, in English %v", lang, place, placeholders(got), placeholders(want))
			}
		}
		for place := range own {
			if _, ok := english[place]; !ok {
				t.Errorf("%s.json: %s is not in English", lang, place)
			}
		}
	}
}

func TestNothingIsLeftInEnglish(t *testing.T) {
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

func TestEveryCodeHasItsSentence(t *testing.T) {
	codes, english := declared(t, "Code"), languages[Fallback].Reasons
	for code := range codes {
		if english[reason.Code(code)].Message == "" {
			t.Errorf("no sentence for code %q", code)
		}
	}
	for code := range english {
		if _, ok := codes[string(code)]; !ok {
			t.Errorf("a sentence for %q, which no code of package reason has", code)
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
			t.Errorf("a sentence for %q, which no fix of package reason has", fix)
		}
	}
}

// documentedFacts finds "Facts: size, limit (of …)." in a code's comment.
var documentedFacts = regexp.MustCompile(`Facts?:\s+([^.]*)\.`)

// A place that no fact fills would be shown as it stands.
func TestEveryPlaceIsAFactOfItsCode(t *testing.T) {
	codes, held := declared(t, "Code"), 0
	for code, s := range languages[Fallback].Reasons {
		facts := ""
		if found := documentedFacts.FindStringSubmatch(codes[string(code)]); found != nil {
			facts = found[1]
		}
		for _, place := range placeholders(s.Message + s.Detail) {
			held++
			if !regexp.MustCompile(`\b` + place + `\b`).MatchString(facts) {
				t.Errorf("%s: {%s} is none of the facts that the code documents (%q)", code, place, facts)
			}
		}
	}
	if held == 0 {
		t.Fatal("no sentence has a place")
	}
}

// Facts that are words and no proper names are said in each language.
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

// placeholders lists the places of a text, each once, in one order.
func placeholders(text string) []string {
	var names []string
	for _, found := range place.FindAllStringSubmatch(text, -1) {
		names = append(names, found[1])
	}
	slices.Sort(names)
	return slices.Compact(names)
}
