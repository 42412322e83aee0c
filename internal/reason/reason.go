// Package reason holds the words for "no" and "take care": stable codes for
// warnings, refusals, failures and problems, with the facts behind each and the
// fixes that would mend it.
//
// It leaves to others: deciding which reason applies (preflight, relay,
// httpapi), and turning a code into a sentence in a person's language
// (reason/catalogue on the server, the element in the browser; both read the
// same catalogue files).
package reason

// Code names a reason. Codes are snake_case and stable once shipped: programs
// are written against them.
type Code string

// Severity says what a reason does to the verdict.
type Severity string

// The severities of a verdict's reasons.
const (
	// Warn lets the file through after the person has seen why.
	Warn Severity = "warn"
	// Refuse keeps the file back: it would not be delivered.
	Refuse Severity = "refuse"
)

// Fix names something a person can do about a reason.
type Fix string

// Unit says how a fact's number is to be written for people.
type Unit string

// The units.
const (
	UnitNone         Unit = ""
	UnitBytes        Unit = "bytes"
	UnitMilliseconds Unit = "milliseconds"
	UnitPixels       Unit = "pixels"
)

// Fact is one measured value behind a reason: a text, or a number with a unit.
type Fact struct {
	Name     string
	Text     string
	Number   int64
	Unit     Unit
	IsNumber bool
}

// Text makes a fact of a text.
func Text(name, text string) Fact { return Fact{Name: name, Text: text} }

// Number makes a fact of a number.
func Number(name string, n int64, unit Unit) Fact {
	return Fact{Name: name, Number: n, Unit: unit, IsNumber: true}
}

// Bytes makes a fact of a size in bytes.
func Bytes(name string, n int64) Fact { return Number(name, n, UnitBytes) }

// Reason is one code with what it rests on and what would mend it.
type Reason struct {
	Code     Code
	Severity Severity
	Facts    []Fact
	Fixes    []Fix
}
