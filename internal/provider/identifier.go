package provider

import (
	"encoding/json"
	"errors"
	"strings"
)

// Identifier is an id, which the APIs write as a string. A number is read digit by digit,
// since ids may exceed a float64 or an int64.
type Identifier string

// UnmarshalJSON accepts a string or a number of digits only. 0 is not a valid id.
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

var errNotIdentifier = errors.New("provider: the id is neither a string nor an integer")
