//go:build !linux

package database

import "time"

// sinceBoot may stop while the host is suspended. The next measurement corrects the
// lag.
func sinceBoot() time.Duration { return time.Since(began) }
