package media

import "strings"

// Kind is a message type of the Cloud API.
type Kind string

// The message types of the Cloud API.
const (
	KindImage    Kind = "image"
	KindVideo    Kind = "video"
	KindAudio    Kind = "audio"
	KindDocument Kind = "document"
	KindSticker  Kind = "sticker"
)

// Kinds lists every kind.
func Kinds() []Kind {
	return []Kind{KindImage, KindVideo, KindAudio, KindDocument, KindSticker}
}

// ParseKind parses a kind; ok is false for any other text.
func ParseKind(s string) (k Kind, ok bool) {
	for _, k := range Kinds() {
		if string(k) == s {
			return k, true
		}
	}
	return "", false
}

// ParseKinds parses kinds separated by spaces or commas. bad is the first word that is
// not a kind.
func ParseKinds(s string) (kinds []Kind, bad string) {
	for _, word := range words(s) {
		k, ok := ParseKind(word)
		if !ok {
			return nil, word
		}
		kinds = appendNew(kinds, k)
	}
	return kinds, ""
}

// JoinKinds formats kinds for ParseKinds.
func JoinKinds(kinds []Kind) string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = string(k)
	}
	return strings.Join(names, ",")
}
