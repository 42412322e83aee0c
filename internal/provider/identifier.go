package provider

import (
	"encoding/json"
	"errors"
	"strings"
)

// Identifier is an id that the APIs write as a text. One that comes as a number is
// taken digit by digit: ids are longer than what a float64 or an int64 keeps.
type Identifier string

// UnmarshalJSON takes a text, or a number of digits alone. No object has the number 0.
func (i *Identifier) UnmarshalJSON(data []byte) error {
	if number := string(data); strings.Trim(number, "0123456789") == "" && strings.Trim(number, "0") != "" {
		*i = Identifier(number)
		return nil
	}
	var text *string
	if err := json.Unmarshal(data, &text); err != nil || text == nil {
		return errNotIdentifier
	}
	*i = Identifier(*text)
	return nil
}

var errNotIdentifier = errors.New("provider: neither a text nor a number of digits")
