package media

import (
	"strings"
	"unicode"
)

// BareName returns a file name without folders, and otherwise as Printable.
func BareName(name string) string { return Printable(name[strings.LastIndexAny(name, `/\`)+1:]) }

// Printable removes control characters, characters that change the direction of text, and
// leading and trailing spaces.
func Printable(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, text))
}
