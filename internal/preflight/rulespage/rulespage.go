// Package rulespage renders the rule table for people: the page docs/rules.md,
// the limits in README.md, and the limits on the upload page. The two files are
// in English, the upload page is in every language of the catalogue.
//
// It leaves to others: the rules (preflight), the sentences (reason/catalogue)
// and the table as data (httpapi).
package rulespage

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"mediarelay/internal/media"
	"mediarelay/internal/preflight"
	"mediarelay/internal/reason/catalogue"
)

// Limit describes what a message of one kind may contain.
type Limit struct {
	ID media.Kind
	// Kind is the kind's everyday name, such as "Photo".
	Kind string
	// Formats lists the formats and what they must contain.
	Formats string
	// Size is the limit, such as "5 MB".
	Size string
}

// everyday maps a format to a name that more people know.
var everyday = map[string]string{
	"DOC": "Word", "DOCX": "Word", "XLS": "Excel", "XLSX": "Excel", "PPT": "PowerPoint", "PPTX": "PowerPoint",
}

// Limits lists what a message may contain, one entry for each kind.
func Limits(lang string) []Limit {
	v := vocabularyOf(lang)
	var limits []Limit
	for _, kind := range media.Kinds() {
		lines := rulesOf(kind, media.PurposeMessage)
		limits = append(limits, Limit{
			ID: kind, Kind: v.kinds[kind].one, Formats: v.formats(lines, v.or) + v.kinds[kind].holds, Size: v.sizes(lines),
		})
	}
	return limits
}

func rulesOf(kind media.Kind, purpose media.Purpose) []preflight.Rule {
	return slices.DeleteFunc(preflight.Rules(), func(r preflight.Rule) bool { return r.Kind != kind || r.Purpose != purpose || r.Narrower })
}

// formats lists the formats of rules, each once.
func (v vocabulary) formats(rules []preflight.Rule, last string) string {
	var names []string
	for _, r := range rules {
		for _, typ := range r.Types {
			name := v.formatName(typ)
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return list(names, last)
}

func (v vocabulary) formatName(typ string) string {
	name := preflight.FormatName(typ)
	if name == "TXT" {
		return v.text
	}
	return cmp.Or(everyday[name], name)
}

// sizes gives the limit of the first rule, then that of the second as "animated".
func (v vocabulary) sizes(rules []preflight.Rule) string {
	text := v.inWords(rules[0].LimitBytes)
	for _, r := range rules[1:] {
		text += ", " + v.animated + " " + v.inWords(r.LimitBytes)
	}
	return text
}

func (v vocabulary) inWords(bytes int64) string { return catalogue.Bytes(v.lang, bytes) }

func list(names []string, last string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	end := len(names) - 1
	return strings.Join(names[:end], ", ") + last + names[end]
}

// Hint gives the limits of the most common kinds in one line. Kinds with the same
// limit share an entry, as in "videos and audio up to 16 MB".
func Hint(lang string) string {
	v := vocabularyOf(lang)
	var parts []string
	var together []string
	kinds := []media.Kind{media.KindImage, media.KindVideo, media.KindAudio, media.KindDocument}
	for i, kind := range kinds {
		together = append(together, v.kinds[kind].many)
		size := v.sizes(rulesOf(kind, media.PurposeMessage))
		if i+1 < len(kinds) && v.sizes(rulesOf(kinds[i+1], media.PurposeMessage)) == size {
			continue
		}
		parts = append(parts, list(together, v.and)+v.upTo+size)
		together = nil
	}
	return capital(strings.Join(parts, ", "))
}

// Handles lists the formats of the two purposes that give a handle.
func Handles(lang string) string {
	v := vocabularyOf(lang)
	return fmt.Sprintf(v.handles, v.formatsFor(media.PurposeTemplate), v.formatsFor(media.PurposeProfile))
}

func (v vocabulary) formatsFor(purpose media.Purpose) string {
	return v.formats(slices.DeleteFunc(preflight.Rules(), func(r preflight.Rule) bool { return r.Purpose != purpose }), v.and)
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
