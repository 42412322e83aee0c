package problem

import (
	"strings"

	"mediarelay/internal/reason"
)

// sentence is what a person reads for a code.
func sentence(code reason.Code, _ []reason.Fact) string {
	return strings.ReplaceAll(string(code), "_", " ")
}
