package tusproto

import (
	"encoding/base64"
	"errors"
	"strings"
)

// Pair is one key of an Upload-Metadata header with its decoded value.
type Pair struct {
	Key   string
	Value string
}

// Errors of DecodeMetadata.
var (
	ErrMetadataTooLong = errors.New("tusproto: Upload-Metadata is longer than 4096 bytes")
	ErrMetadataKey     = errors.New("tusproto: Upload-Metadata has an empty, repeated or non-ASCII key")
	ErrMetadataValue   = errors.New("tusproto: Upload-Metadata has a value that is not base64")
)

// EncodeMetadata writes pairs in the form
//
//	key SP base64(value) *("," key SP base64(value))
//
// Keys must be valid for DecodeMetadata.
func EncodeMetadata(pairs []Pair) string {
	var b strings.Builder
	for i, p := range pairs {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(p.Key)
		b.WriteByte(' ')
		b.WriteString(base64.StdEncoding.EncodeToString([]byte(p.Value)))
	}
	return b.String()
}

// DecodeMetadata parses an Upload-Metadata header. A key without a value has the
// empty value, as the protocol allows.
func DecodeMetadata(header string) ([]Pair, error) {
	if len(header) > MaxMetadataBytes {
		return nil, ErrMetadataTooLong
	}
	if strings.TrimSpace(header) == "" {
		return nil, nil
	}
	var pairs []Pair
	for _, element := range strings.Split(header, ",") {
		pair, err := decodePair(strings.TrimSpace(element))
		if err != nil {
			return nil, err
		}
		if _, repeated := Lookup(pairs, pair.Key); repeated {
			return nil, ErrMetadataKey
		}
		pairs = append(pairs, pair)
	}
	return pairs, nil
}

// Lookup finds the value of a key.
func Lookup(pairs []Pair, key string) (value string, ok bool) {
	for _, p := range pairs {
		if p.Key == key {
			return p.Value, true
		}
	}
	return "", false
}

func decodePair(element string) (Pair, error) {
	key, encoded, _ := strings.Cut(element, " ")
	if key == "" || strings.ContainsFunc(key, notPrintableASCII) {
		return Pair{}, ErrMetadataKey
	}
	value, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
	if err != nil {
		return Pair{}, ErrMetadataValue
	}
	return Pair{Key: key, Value: string(value)}, nil
}

func notPrintableASCII(r rune) bool { return r <= ' ' || r > '~' }
