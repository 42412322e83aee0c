package probe

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"mediarelay/internal/media"
	"mediarelay/internal/probe/input"
)

// textBytes is the length of the samples from start, middle and end that must look
// like text.
const textBytes = 4096

// encoding is the character encoding of a text.
type encoding int

const (
	notText encoding = iota
	utf8Text
	utf16Text
	latinText // a code page with mostly ASCII letters, such as Windows-1252
	// codePageText is a code page for another script, such as Windows-1251 or
	// Shift-JIS. Nothing in the file names it, and short binary data may look the same.
	codePageText
)

// encodingOf examines samples from start, middle and end, at even offsets.
func encodingOf(file *input.File, head []byte) encoding {
	found, bigFirst := utf8Text, false
	if wide, big := utf16Order(head); wide {
		found, bigFirst = utf16Text, big
	}
	for _, from := range []int64{0, file.Size() / 2, file.Size() - textBytes} {
		b := file.At(max(0, from)&^1, textBytes)
		switch {
		case found == utf16Text && isUTF16(b, bigFirst):
		case found == utf16Text, !hasNoControls(b):
			return notText
		case isUTF8(b):
		case !mostlyASCII(b):
			found = codePageText
		case found == utf8Text:
			found = latinText
		}
	}
	return found
}

// utf16Order recognises UTF-16 and its byte order by a byte order mark, or by zeros in
// most of either the even or the odd bytes.
func utf16Order(b []byte) (wide, bigFirst bool) {
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

// isUTF16 reports whether b is UTF-16 without zeros, noncharacters and unpaired
// surrogates (The Unicode Standard, section 3.9). It accepts a pair cut by the edges
// of the sample.
func isUTF16(b []byte, bigFirst bool) bool {
	const firstHigh, firstLow, half, noncharacters = 0xD800, 0xDC00, 10, 0xFFFE
	high := false
	for i := 0; i+2 <= len(b); i += 2 {
		u := input.LE16(b[i:])
		if bigFirst {
			u = input.BE16(b[i:])
		}
		if u == 0 || u >= noncharacters || i > 0 && high != (u>>half == firstLow>>half) {
			return false
		}
		high = u>>half == firstHigh>>half
	}
	return true
}

// readText sets the type of a text. In an unknown code page it does so only if the
// structure proves that it is text.
func readText(file *input.File, head []byte, encoding encoding, f *Facts) {
	tail, _ := file.Tail(textBytes)
	if encoding == utf16Text {
		head, tail = asciiOf(head), asciiOf(tail)
	}
	f.Type = textType(head, tail)
	if encoding == codePageText || encoding == latinText {
		f.Document = &Document{UnknownEncoding: true}
	}
	if encoding == codePageText && (f.Type == "text/plain" || f.Type == "text/csv") {
		f.Type = ""
	}
}

// asciiOf returns the ASCII characters of UTF-16, which is all that textType compares.
func asciiOf(b []byte) []byte {
	out := make([]byte, 0, len(b)/2)
	for _, c := range b {
		if c != 0 && c < utf8.RuneSelf {
			out = append(out, c)
		}
	}
	return out
}

// hasNoControls allows the control characters that file(1) accepts in text, and the
// end-of-file character of CP/M.
func hasNoControls(b []byte) bool {
	for _, c := range b {
		if c < ' ' && !strings.ContainsRune("\a\b\t\n\v\f\r\x1b\x1a", rune(c)) || c == 0x7F {
			return false
		}
	}
	return true
}

// mostlyASCII reports whether at most 30 % of the bytes are outside ASCII, as in
// Latin-1 text.
func mostlyASCII(b []byte) bool {
	high := 0
	for _, c := range b {
		if c >= utf8.RuneSelf {
			high++
		}
	}
	return high*10 <= len(b)*3
}

// isUTF8 accepts a character cut at either end of the sample.
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

// isJSON compares the first tokens and the last character; prose in brackets passes
// neither.
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

// isCSV requires three lines or more with the same number of separators, at least one.
// Quoted separators make the numbers differ; package preflight recognises such a table
// by its filename.
func isCSV(text string) bool {
	const fewest, most = 3, 20
	lines := strings.Split(text, "\n")
	if len(lines) > 1 {
		lines = lines[:len(lines)-1] // may be incomplete
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
