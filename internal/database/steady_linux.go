package database

import (
	"time"

	"golang.org/x/sys/unix"
)

// sinceBoot keeps counting while the host is suspended. Go's own CLOCK_MONOTONIC stops
// then, so the time of a resumed host would lag behind the server's.
//
// Source: clock_gettime(2); Linux 2.6.39 and later.
func sinceBoot() time.Duration {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &now); err != nil {
		return time.Since(began)
	}
	return time.Duration(now.Nano())
}
