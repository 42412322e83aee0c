package auth

import (
	"context"
	"time"
)

// SetClock replaces the clock of a verifier's key set.
func (v *Verifier) SetClock(now func() time.Time) { v.keys.now = now }

// Reread reads the key set again, as Run does.
func (v *Verifier) Reread(ctx context.Context) error { return v.keys.read(ctx) }
