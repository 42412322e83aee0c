package media

import "strings"

// Purpose says what a file is for, and so what must come back for it.
type Purpose string

// The purposes.
const (
	// PurposeMessage asks for a media ID, for use in messages.
	PurposeMessage Purpose = "message"
	// PurposeTemplate asks for a handle, for a template's header sample.
	PurposeTemplate Purpose = "template"
	// PurposeProfile asks for a handle, for a business profile picture.
	PurposeProfile Purpose = "profile"
)

// Purposes lists every purpose.
func Purposes() []Purpose {
	return []Purpose{PurposeMessage, PurposeTemplate, PurposeProfile}
}

// Copy is what a provider gives back for a purpose.
type Copy string

// The two copies that a provider can hold of a file.
const (
	CopyMediaID Copy = "media_id"
	CopyHandle  Copy = "handle"
)

// Copy says which copy the purpose needs.
func (p Purpose) Copy() Copy {
	if p == PurposeMessage {
		return CopyMediaID
	}
	return CopyHandle
}

// Copies lists, without repeats, what the purposes need.
func Copies(purposes []Purpose) []Copy {
	var copies []Copy
	for _, p := range purposes {
		copies = appendNew(copies, p.Copy())
	}
	return copies
}

// ParsePurposes reads purposes separated by commas or spaces; an empty text is
// PurposeMessage. It returns the first word that is no purpose as bad.
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

// JoinPurposes writes purposes as ParsePurposes reads them.
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
