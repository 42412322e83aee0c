package httpapi

import (
	"encoding/json"
	"io"
)

// maxJSONBody is the maximum length of a JSON body in bytes: a caption of 1,024 characters
// in any script, and more.
const maxJSONBody = 16 << 10

// readJSON reads a JSON body into a value. It rejects fields that the value does not have.
func readJSON(body io.Reader, into any) error {
	decoder := json.NewDecoder(io.LimitReader(body, maxJSONBody))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}
