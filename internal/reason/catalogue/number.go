package catalogue

import (
	"strconv"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"

	"mediarelay/internal/reason"
)

// write formats a fact in the language.
func (s speaker) write(f reason.Fact) string {
	if !f.IsNumber {
		return s.term(f.Text)
	}
	switch f.Unit {
	case reason.UnitBytes:
		return s.bytes(f.Number)
	case reason.UnitMilliseconds:
		return s.milliseconds(f.Number)
	}
	return strconv.FormatInt(f.Number, 10)
}

func (s speaker) bytes(n int64) string {
	const kilo, mega = 1 << 10, 1 << 20
	switch {
	case n == 1:
		return "1 " + s.term("byte")
	case n < kilo:
		return strconv.FormatInt(n, 10) + " " + s.term("bytes")
	case n < mega:
		return s.decimal(n, kilo) + " KB"
	}
	return s.decimal(n, mega) + " MB"
}

func (s speaker) milliseconds(n int64) string {
	const second = 1000
	if n < second {
		return strconv.FormatInt(n, 10) + " ms"
	}
	return s.decimal(n, second) + " s"
}

// decimal formats n in units with up to two decimals. A fractional value is never rounded to
// a whole number: a file one byte above 5 MB is "5.01 MB", because "5 MB" would look like
// the limit itself.
func (s speaker) decimal(n, unit int64) string {
	hundredths := (n*100 + unit/2) / unit
	if n%unit != 0 && hundredths%100 == 0 {
		hundredths = roundAway(n, unit)
	}
	printer := message.NewPrinter(language.Make(s.locale))
	return printer.Sprint(number.Decimal(float64(hundredths)/100, number.MaxFractionDigits(2), number.NoSeparator()))
}

// roundAway rounds away from the whole number.
func roundAway(n, unit int64) int64 {
	if below := n * 100 / unit; below%100 != 0 {
		return below
	}
	return n*100/unit + 1
}
