package media

import "strings"

// Purpose says what a file is for, and so which copy of it is needed.
type Purpose string

// The purposes.
const (
	// PurposeMessage needs a media ID, for messages.
	PurposeMessage Purpose = "message"
	// PurposeTemplate needs a handle, for a template's header sample.
	PurposeTemplate Purpose = "template"
	// PurposeProfile needs a handle, for a business profile picture.
	PurposeProfile Purpose = "profile"
)

// Purposes lists every purpose.
func Purposes() []Purpose {
	return []Purpose{PurposeMessage, PurposeTemplate, PurposeProfile}
}

// Copy is a copy of a file at a provider.
type Copy string

// The two kinds of copies, by what refers to them.
const (
	CopyMediaID Copy = "media_id"
	CopyHandle  Copy = "handle"
)

// Copy returns the copy that the purpose needs.
func (p Purpose) Copy() Copy {
	if p == PurposeMessage {
		return CopyMediaID
	}
	return CopyHandle
}

// Copies lists the copies that the purposes need, without duplicates.
func Copies(purposes []Purpose) []Copy {
	var copies []Copy
	for _, p := range purposes {
		copies = appendNew(copies, p.Copy())
	}
	return copies
}

// ParsePurposes parses purposes separated by commas or spaces. An empty text is
// PurposeMessage. bad is the first word that is not a purpose.
func ParsePurposes(s string) (purposes []Purpose, bad string) {
	for _, word := range words(s) {
		p, ok := parsePurpose(word)
		if !ok {
			return nil, word
		}
		purposes = appendNew(purposes, p)
	}
	if len(purposes) == 0 {
		purposes = []Purpose{PurposeMessage}
	}
	return purposes, ""
}

// JoinPurposes formats purposes for ParsePurposes.
func JoinPurposes(purposes []Purpose) string {
	names := make([]string, len(purposes))
	for i, p := range purposes {
		names[i] = string(p)
	}
	return strings.Join(names, ",")
}

func parsePurpose(s string) (Purpose, bool) {
	for _, p := range Purposes() {
		if string(p) == s {
			return p, true
		}
	}
	return "", false
}

func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}

func appendNew[T comparable](list []T, item T) []T {
	for _, have := range list {
		if have == item {
			return list
		}
	}
	return append(list, item)
}
