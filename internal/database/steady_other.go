//go:build !linux

package database

import "time"

// sinceBoot may stand still while the host is suspended. What it then lags behind is
// made good by the next measurement.
func sinceBoot() time.Duration { return time.Since(began) }
