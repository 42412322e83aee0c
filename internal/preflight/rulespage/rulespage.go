// Package rulespage puts the rule table into words for people: the page
// docs/rules.md, the limits in README.md, and those on the upload page.
//
// It leaves to others: the rules (preflight), the sentences (reason/catalogue),
// and the table as data (httpapi). It writes English.
package rulespage

import (
	"slices"
	"strings"

	"mediarelay/internal/media"
	"mediarelay/internal/preflight"
	"mediarelay/internal/reason/catalogue"
)

// Limit is what a message takes of one kind, in words.
type Limit struct {
	// Kind is what people call it, such as "Photo".
	Kind string
	// Formats are their names, and what they must hold.
	Formats string
	// Size is the limit, such as "5 MB".
	Size string
}

// kindWords is how people speak of a kind.
type kindWords struct {
	one, many string
	// holds is what the formats must hold; empty for nothing that fits a line.
	holds string
}

var words = map[media.Kind]kindWords{
	media.KindImage:    {"Photo", "photos", ""},
	media.KindVideo:    {"Video", "videos", " with H.264 and AAC"},
	media.KindAudio:    {"Audio", "audio", " (Ogg: Opus in mono)"},
	media.KindDocument: {"Document", "documents", ""},
	media.KindSticker:  {"Sticker", "stickers", ", 512 × 512 pixels"},
}

// everyday are names that more people know than the format's own.
var everyday = map[string]string{
	"DOC": "Word", "DOCX": "Word", "XLS": "Excel", "XLSX": "Excel", "PPT": "PowerPoint", "PPTX": "PowerPoint", "TXT": "text",
}

// Limits lists what a message takes, a line for each kind.
func Limits() []Limit {
	var limits []Limit
	for _, kind := range media.Kinds() {
		lines := rulesOf(kind, media.PurposeMessage)
		limits = append(limits, Limit{
			Kind: words[kind].one, Formats: formats(lines) + words[kind].holds, Size: sizes(lines),
		})
	}
	return limits
}

func rulesOf(kind media.Kind, purpose media.Purpose) []preflight.Rule {
	return slices.DeleteFunc(preflight.Rules(), func(r preflight.Rule) bool { return r.Kind != kind || r.Purpose != purpose })
}

// formats names the formats of some rules, each once.
func formats(rules []preflight.Rule) string {
	var names []string
	for _, r := range rules {
		for _, typ := range r.Types {
			name := preflight.FormatName(typ)
			if known, ok := everyday[name]; ok {
				name = known
			}
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return list(names, " or ")
}

// sizes says a rule's limit; of two rules, the second with what it is for.
func sizes(rules []preflight.Rule) string {
	text := inWords(rules[0].LimitBytes)
	for _, r := range rules[1:] {
		use, _, _ := strings.Cut(r.Use, " ")
		text += ", " + use + " " + inWords(r.LimitBytes)
	}
	return text
}

func inWords(bytes int64) string { return catalogue.Bytes(catalogue.Fallback, bytes) }

func list(names []string, last string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	end := len(names) - 1
	return strings.Join(names[:end], ", ") + last + names[end]
}

// Hint says the limits of what is sent most in one line: kinds with one limit
// stand together, as "videos and audio up to 16 MB".
func Hint() string {
	var parts []string
	var together []string
	kinds := []media.Kind{media.KindImage, media.KindVideo, media.KindAudio, media.KindDocument}
	for i, kind := range kinds {
		together = append(together, words[kind].many)
		size := sizes(rulesOf(kind, media.PurposeMessage))
		if i+1 < len(kinds) && sizes(rulesOf(kinds[i+1], media.PurposeMessage)) == size {
			continue
		}
		parts = append(parts, list(together, " and ")+" up to "+size)
		together = nil
	}
	return capital(strings.Join(parts, ", "))
}

// Handles says what the two purposes take that give a handle.
func Handles() string {
	return "Template headers take " + takenFor(media.PurposeTemplate) + ". Profile pictures take " + takenFor(media.PurposeProfile) + "."
}

func takenFor(purpose media.Purpose) string {
	rules := slices.DeleteFunc(preflight.Rules(), func(r preflight.Rule) bool { return r.Purpose != purpose })
	return strings.Replace(formats(rules), " or ", " and ", 1)
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
