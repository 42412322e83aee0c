package catalogue

import (
	"strconv"
	"strings"

	"mediarelay/internal/reason"
)

// write puts a fact into words of a language.
func write(lang string, f reason.Fact) string {
	if !f.IsNumber {
		return f.Text
	}
	switch f.Unit {
	case reason.UnitBytes:
		return Bytes(lang, f.Number)
	case reason.UnitMilliseconds:
		return milliseconds(lang, f.Number)
	}
	return strconv.FormatInt(f.Number, 10)
}

// Bytes writes a size as file managers and WhatsApp's limits do, in units of
// 1024. Where a unit would round the number, its digits are shown too, so that a
// file one byte above a limit does not seem to be at it.
func Bytes(lang string, n int64) string {
	const kilo, mega = 1 << 10, 1 << 20
	switch {
	case n < kilo:
		return strconv.FormatInt(n, 10) + " bytes"
	case n < mega:
		return decimal(lang, n, kilo) + " KB"
	}
	return decimal(lang, n, mega) + " MB"
}

// decimal writes n in units with up to two places, dropping zeros at the end.
// A number that is not whole is never written as a whole one: one byte above
// 5 MB is "5.01".
func decimal(lang string, n, unit int64) string {
	hundredths := (n*100 + unit/2) / unit
	if n%unit != 0 && hundredths%100 == 0 {
		hundredths = roundAway(n, unit)
	}
	text := strconv.FormatInt(hundredths/100, 10)
	if rest := hundredths % 100; rest != 0 {
		text += point(lang) + strings.TrimRight(strconv.FormatInt(100+rest, 10)[1:], "0")
	}
	return text
}

func roundAway(n, unit int64) int64 {
	if below := n * 100 / unit; below%100 != 0 {
		return below
	}
	return n*100/unit + 1
}

func milliseconds(lang string, n int64) string {
	const second = 1000
	if n < second {
		return strconv.FormatInt(n, 10) + " ms"
	}
	return decimal(lang, n, second) + " s"
}

// point is the decimal sign: English writes a full stop, the other languages of
// the catalogue a comma.
func point(lang string) string {
	if lang == "" || strings.HasPrefix(strings.ToLower(lang), "en") {
		return "."
	}
	return ","
}
