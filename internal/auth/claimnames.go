package auth

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode/utf8"
)

// payload is the JSON of a token's claims before its signature is checked.
type payload struct{ unchecked }

// UnmarshalJSON keeps the text. Nothing is read from it before the signature is valid.
func (p *payload) UnmarshalJSON(raw []byte) error {
	p.raw = bytes.Clone(raw)
	return nil
}

// members returns the claims by name. Names are exact: encoding/json would accept
// "CHANNEL" for "channel", and let it override that.
//
// Source: RFC 7519, section 4: a claims set with a name that occurs twice may be
// rejected; section 10.1.1: names are case-sensitive.
func (p *payload) members() (map[string]json.RawMessage, error) {
	if !utf8.Valid(p.raw) {
		return nil, notAnObject
	}
	decoder := json.NewDecoder(bytes.NewReader(p.raw))
	if start, err := decoder.Token(); err != nil || start != json.Delim('{') {
		return nil, notAnObject
	}
	claims := map[string]json.RawMessage{}
	for decoder.More() {
		name, value, err := member(decoder)
		if err != nil {
			return nil, notAnObject
		}
		if _, again := claims[name]; again {
			return nil, repeated(name)
		}
		claims[name] = value
	}
	return claims, nil
}

var notAnObject = invalid("", "The token's payload is not a JSON object in UTF-8. Sign an object with the claims as its members.")

func member(decoder *json.Decoder) (name string, value json.RawMessage, err error) {
	token, err := decoder.Token()
	if err != nil {
		return "", nil, err
	}
	name, ok := token.(string)
	if !ok {
		return "", nil, errors.New("a member without a name")
	}
	return name, value, decoder.Decode(&value)
}

// repeated is the error for a name that occurs twice. A name that is not ours is not
// repeated, since it is a part of the token.
func repeated(name string) error {
	if _, known := claimForms[name]; known {
		return invalid(name, "The token's %s claim occurs more than once. Sign it once.", name)
	}
	return invalid("", "One of the token's claims occurs more than once. Sign each claim once.")
}
