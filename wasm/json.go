package main

import (
	"strconv"
	"unicode/utf8"
)

// The package writes JSON itself: encoding/json would add 250 KB to the download.

const hexDigits = "0123456789abcdef"

// appendText writes a JSON string. Bytes that are not UTF-8 become U+FFFD.
func appendText(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r < ' ':
			b = append(b, '\\', 'u', '0', '0', hexDigits[r>>4], hexDigits[r&15])
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}

// separate writes the comma before all but the first member of an object or list.
func separate(b []byte) []byte {
	if last := b[len(b)-1]; last == '{' || last == '[' {
		return b
	}
	return append(b, ',')
}

func appendName(b []byte, name string) []byte {
	return append(appendText(separate(b), name), ':')
}

func appendTextMember(b []byte, name, value string) []byte {
	return appendText(appendName(b, name), value)
}

func appendNumberMember(b []byte, name string, value int64) []byte {
	return strconv.AppendInt(appendName(b, name), value, 10)
}

func appendBoolMember(b []byte, name string, value bool) []byte {
	return strconv.AppendBool(appendName(b, name), value)
}
