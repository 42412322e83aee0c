package stage

import (
	"slices"
)

// Median sorts numbers and returns the middle one.
func Median(numbers []float64) float64 {
	slices.Sort(numbers)
	return numbers[len(numbers)/2]
}
