// Package reason defines stable codes for warnings, refusals, failures and problems, with
// the facts behind each and the fixes for it.
//
// It leaves to others: deciding which reason applies (preflight, relay, httpapi), and
// turning a code into a sentence (reason/catalogue on the server, the element in the
// browser; both read the same catalogue files).
package reason

// Code identifies a reason. Codes are snake_case and part of the API: once released, they
// do not change.
type Code string

// Severity is the effect of a reason on the verdict.
type Severity string

// The severities of a verdict's reasons.
const (
	// Warn lets the file through after the user has seen the reason.
	Warn Severity = "warn"
	// Refuse rejects the file, because it would not be delivered.
	Refuse Severity = "refuse"
)

// Fix identifies something that a user can do about a reason.
type Fix string

// Unit is the unit of a fact's number.
type Unit string

// The units.
const (
	UnitNone         Unit = ""
	UnitBytes        Unit = "bytes"
	UnitMilliseconds Unit = "milliseconds"
	UnitPixels       Unit = "pixels"
)

// Fact is one value behind a reason: a text, or a number with a unit.
type Fact struct {
	Name     string
	Text     string
	Number   int64
	Unit     Unit
	IsNumber bool
}

// Text returns a fact with a text.
func Text(name, text string) Fact { return Fact{Name: name, Text: text} }

// Number returns a fact with a number.
func Number(name string, n int64, unit Unit) Fact {
	return Fact{Name: name, Number: n, Unit: unit, IsNumber: true}
}

// Bytes returns a fact with a size in bytes.
func Bytes(name string, n int64) Fact { return Number(name, n, UnitBytes) }

// Reason is a code with its facts and fixes.
type Reason struct {
	Code     Code
	Severity Severity
	Facts    []Fact
	Fixes    []Fix
}
