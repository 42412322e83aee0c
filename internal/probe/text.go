package probe

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"mediarelay/internal/media"
)

// textBytes is how much of the start, the middle and the end must look like text.
const textBytes = 4096

// script is how a file that is text all through is written.
type script int

const (
	notText   script = iota
	plainText        // UTF-8
	wideText         // UTF-16
	latinText        // a code page whose letters are ASCII for the most part, such as Windows-1252
	// oldText: a code page for other letters, such as Windows-1251 or Shift-JIS.
	// Nothing in the file names it, and short binary data may look the same.
	oldText
)

// scriptOf looks at the start, the middle and the end, at even offsets.
func scriptOf(s *source, head []byte) script {
	found, bigFirst := plainText, false
	if wide, big := wideOrder(head); wide {
		found, bigFirst = wideText, big
	}
	for _, from := range []int64{0, s.size / 2, s.size - textBytes} {
		b := s.at(max(0, from)&^1, textBytes)
		switch {
		case found == wideText && isUnits(b, bigFirst):
		case found == wideText, !hasNoControls(b):
			return notText
		case isUTF8(b):
		case !mostlyASCII(b):
			found = oldText
		case found == plainText:
			found = latinText
		}
	}
	return found
}

// wideOrder knows UTF-16, and which end of a unit is first, by a byte order mark or
// where mostly every second byte is zero.
func wideOrder(b []byte) (wide, bigFirst bool) {
	var zeros [2]int
	for i, c := range b {
		if c == 0 {
			zeros[i%2]++
		}
	}
	half := len(b) / 2
	most := max(zeros[0], zeros[1])
	spaced := half >= 8 && most*10 >= half*7 && most == zeros[0]+zeros[1]
	if hasAt(b, 0, "\xFF\xFE") || hasAt(b, 0, "\xFE\xFF") {
		return true, b[0] == 0xFE
	}
	return spaced, zeros[0] > 0
}

// isUnits: UTF-16 without zeros, noncharacters and halves of pairs (The Unicode
// Standard, section 3.9). Pairs that a piece's edges cut are forgiven.
func isUnits(b []byte, bigFirst bool) bool {
	const firstHigh, firstLow, half, noncharacters = 0xD800, 0xDC00, 10, 0xFFFE
	high := false
	for i := 0; i+2 <= len(b); i += 2 {
		u := le16(b[i:])
		if bigFirst {
			u = be16(b[i:])
		}
		if u == 0 || u >= noncharacters || i > 0 && high != (u>>half == firstLow>>half) {
			return false
		}
		high = u>>half == firstHigh>>half
	}
	return true
}

// readText names what has no signature. Of old code pages it names only what its
// structure proves to be text.
func readText(s *source, head []byte, script script, f *Facts) {
	tail, _ := s.tail(textBytes)
	if script == wideText {
		head, tail = narrow(head), narrow(tail)
	}
	f.Type = textType(head, tail)
	if script == oldText || script == latinText {
		f.Document = &Document{OldText: true}
	}
	if script == oldText && (f.Type == "text/plain" || f.Type == "text/csv") {
		f.Type = ""
	}
}

// narrow keeps the ASCII of UTF-16, which is all that textType looks at.
func narrow(b []byte) []byte {
	out := make([]byte, 0, len(b)/2)
	for _, c := range b {
		if c != 0 && c < utf8.RuneSelf {
			out = append(out, c)
		}
	}
	return out
}

// hasNoControls but those of layout and of terminals, as file(1) has them, and
// the end mark of CP/M.
func hasNoControls(b []byte) bool {
	for _, c := range b {
		if c < ' ' && !strings.ContainsRune("\a\b\t\n\v\f\r\x1b\x1a", rune(c)) || c == 0x7F {
			return false
		}
	}
	return true
}

// mostlyASCII: a text in Latin-1 or the like is known for a text by its letters.
func mostlyASCII(b []byte) bool {
	high := 0
	for _, c := range b {
		if c >= utf8.RuneSelf {
			high++
		}
	}
	return high*10 <= len(b)*3
}

// isUTF8 forgives a character cut at either end of the piece.
func isUTF8(b []byte) bool {
	for range utf8.UTFMax - 1 {
		if len(b) > 0 && !utf8.RuneStart(b[0]) {
			b = b[1:]
		}
	}
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if end := b[len(b)-n:]; utf8.RuneStart(end[0]) && !utf8.FullRune(end) {
			b = b[:len(b)-n]
			break
		}
	}
	return utf8.Valid(b)
}

func textType(head, tail []byte) string {
	text := media.Lower(string(bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")))))
	switch {
	case strings.HasPrefix(text, "<?xml"), strings.HasPrefix(text, "<svg"), strings.HasPrefix(text, "<!doctype svg"):
		return choose(strings.Contains(text, "<svg"), "image/svg+xml", "application/xml")
	case isHTML(text):
		return "text/html"
	case isJSON(text, tail):
		return "application/json"
	case isCSV(text):
		return "text/csv"
	}
	return "text/plain"
}

func isHTML(text string) bool {
	for strings.HasPrefix(text, "<!--") {
		_, rest, found := strings.Cut(text, "-->")
		if !found {
			return false
		}
		text = strings.TrimSpace(rest)
	}
	for _, start := range []string{"<!doctype html", "<html", "<head", "<body", "<script", "<title", "<iframe"} {
		if strings.HasPrefix(text, start) {
			return true
		}
	}
	return false
}

// isJSON looks at the first tokens and at the last character: prose in brackets
// passes neither.
func isJSON(text string, tail []byte) bool {
	if text == "" {
		return false
	}
	tail = bytes.TrimSpace(tail)
	inside := strings.TrimSpace(text[1:])
	switch text[0] {
	case '{':
		return bytes.HasSuffix(tail, []byte("}")) && (strings.HasPrefix(inside, "}") || isJSONKey(inside))
	case '[':
		return bytes.HasSuffix(tail, []byte("]")) && inside != "" && strings.ContainsRune("{[\"]-0123456789", rune(inside[0]))
	}
	return false
}

func isJSONKey(inside string) bool {
	if !strings.HasPrefix(inside, "\"") {
		return false
	}
	_, after, found := strings.Cut(inside[1:], "\"")
	return found && strings.HasPrefix(strings.TrimSpace(after), ":")
}

// isCSV asks for three lines or more with the same number of separators, at
// least one. Quoted separators make lines differ, so a table that uses them is
// recognised by its name alone (preflight).
func isCSV(text string) bool {
	const fewest, most = 3, 20
	lines := strings.Split(text, "\n")
	if len(lines) > 1 {
		lines = lines[:len(lines)-1] // may be cut
	}
	lines = lines[:min(len(lines), most)]
	for _, separator := range []string{",", ";", "\t"} {
		if len(lines) >= fewest && evenly(lines, separator) {
			return true
		}
	}
	return false
}

func evenly(lines []string, separator string) bool {
	count := strings.Count(lines[0], separator)
	for _, line := range lines {
		if strings.Count(line, separator) != count {
			return false
		}
	}
	return count > 0
}
