package intake_test

import (
	"testing"
	"time"

	"mediarelay/internal/intake"
)

// Uploads expire by the database's clock, and connections time out by this host's,
// however far the two are apart.
func TestADatabaseClockThatIsAheadExpiresNothing(t *testing.T) {
	for _, by := range []time.Duration{100 * 24 * time.Hour, -100 * 24 * time.Hour} {
		t.Run(by.String(), func(t *testing.T) {
			database := func() time.Time { return time.Now().Add(by) }
			h := start(t, func(c *intake.Config) { c.Now, c.NetworkTimeout = database, 200*time.Millisecond })
			h.library.UseClock(database)
			path := h.create(5)
			h.wantTimeout(h.stalled(path, "hel"))
			h.must(h.intake.Reconcile(h.Context()))
			h.wantOffset(path, 3)
		})
	}
}
