package config

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// sizeUnits are the units of a size in bytes. Powers of 1000 (kB, MB) are rejected: they
// are easily confused with these.
var sizeUnits = map[string]int64{"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}

// count parses a whole number from 0.
func (l *loader) count(variable, value string) int64 {
	n, err := strconv.ParseUint(value, 10, 63)
	if err != nil {
		l.fail(variable, "%q is not a whole number from 0", value)
	}
	return int64(n)
}

// size parses a number of bytes.
func (l *loader) size(variable, value string) int64 {
	digits, unit := value, int64(1)
	for suffix, bytes := range sizeUnits {
		if number, ok := strings.CutSuffix(value, suffix); ok {
			digits, unit = strings.TrimSpace(number), bytes
		}
	}
	n, err := strconv.ParseUint(digits, 10, 63)
	switch {
	case err != nil:
		l.fail(variable, "%q is not a size in bytes", value)
	case int64(n) > math.MaxInt64/unit:
		l.fail(variable, "%q is too large", value)
	}
	return int64(n) * unit
}

// delay parses a duration that may be 0.
func (l *loader) delay(variable, value string) time.Duration {
	d, err := time.ParseDuration(value)
	switch {
	case err != nil:
		l.fail(variable, "%q is not a duration", value)
	case d < 0:
		l.fail(variable, "%q is below 0", value)
	}
	return d
}
