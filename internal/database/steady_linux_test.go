package database

import (
	"fmt"
	"os"
	"testing"
	"time"
)

// /proc/uptime includes the time of suspensions.
func TestSteadyClockCountsFromBoot(t *testing.T) {
	text, err := os.ReadFile("/proc/uptime")
	if err != nil {
		t.Skip(err)
	}
	var seconds float64
	if _, err := fmt.Sscan(string(text), &seconds); err != nil {
		t.Fatal(err)
	}
	up := time.Duration(seconds * float64(time.Second))
	if off := (sinceBoot() - up).Abs(); off > 2*time.Second { // two readings on a busy machine
		t.Errorf("the clock is off by %v from the uptime, %v", off, up)
	}
}
