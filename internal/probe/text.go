package probe

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"mediarelay/internal/media"
)

// textBytes is how much of the start, the middle and the end must look like text.
const textBytes = 4096

// readText names what has no signature, if it is text at all.
func readText(s *source, head []byte, f *Facts) {
	middle := s.at(s.size/2, textBytes)
	tail, _ := s.tail(textBytes)
	wide := isUTF16(head)
	if !wide && (!looksLikeText(head) || !looksLikeText(middle) || !looksLikeText(tail)) {
		return
	}
	if wide {
		head, tail = narrow(head), narrow(tail)
	}
	f.Type = textType(head, tail)
}

// isUTF16: a byte order mark, or mostly every second byte zero.
func isUTF16(b []byte) bool {
	if hasAt(b, 0, "\xFF\xFE") || hasAt(b, 0, "\xFE\xFF") {
		return len(b) >= 4 && !hasAt(b, 2, "\x00\x00")
	}
	var zeros [2]int
	for i, c := range b {
		if c == 0 {
			zeros[i%2]++
		}
	}
	half := len(b) / 2
	return half >= 8 && max(zeros[0], zeros[1])*10 >= half*7 && min(zeros[0], zeros[1]) == 0
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

// looksLikeText: no control characters but those of layout, in UTF-8 or in a
// one-byte code such as Latin-1.
func looksLikeText(b []byte) bool {
	high := 0
	for _, c := range b {
		if c < ' ' && !strings.ContainsRune("\t\n\v\f\r\x1b\x1a", rune(c)) || c == 0x7F {
			return false
		}
		if c >= utf8.RuneSelf {
			high++
		}
	}
	return isUTF8(b) || high*10 <= len(b)*3
}

// isUTF8 forgives a character cut at either end of the piece.
func isUTF8(b []byte) bool {
	for range utf8.UTFMax - 1 {
		if len(b) > 0 && !utf8.RuneStart(b[0]) {
			b = b[1:]
		}
	}
	for range utf8.UTFMax {
		if utf8.Valid(b) {
			return true
		}
		if len(b) == 0 {
			break
		}
		b = b[:len(b)-1]
	}
	return false
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
