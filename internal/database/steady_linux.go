package database

import (
	"time"

	"golang.org/x/sys/unix"
)

// sinceBoot goes on while the host is suspended. CLOCK_MONOTONIC, which is Go's,
// stands still then, so that the time of a host that wakes would lie behind the
// server's.
//
// Source: clock_gettime(2); Linux 2.6.39 and later.
func sinceBoot() time.Duration {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &now); err != nil {
		return time.Since(began)
	}
	return time.Duration(now.Nano())
}
