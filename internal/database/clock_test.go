package database

import (
	"testing"
	"time"
)

// Of two measures the surer one counts; an older one is the less sure of the two
// in the end; and one that no doubt explains is of another clock.
func TestTheSurestMeasureOfTheServersClockCounts(t *testing.T) {
	server := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	after := func(d time.Duration, wrong, doubt time.Duration) measure {
		return measure{server: server.Add(d + wrong), at: d, doubt: doubt}
	}
	const ms, s, h = time.Millisecond, time.Second, time.Hour
	for _, tt := range []struct {
		name     string
		measures []measure
		wrong    time.Duration // what the clock is wrong by in the end
	}{
		{"the first", []measure{after(0, 300*ms, 900*ms)}, 300 * ms},
		{"a surer one", []measure{after(0, 300*ms, 900*ms), after(2*s, 1*ms, 2*ms)}, 1 * ms},
		{"a slow round trip", []measure{after(0, 1*ms, 2*ms), after(2*s, 300*ms, 900*ms)}, 1 * ms},
		{"as sure as the one before, and younger", []measure{after(0, 1*ms, 2*ms), after(2*s, -1*ms, 2*ms)}, -1 * ms},
		{"a slow one after a long time", []measure{after(0, 1*ms, 2*ms), after(h, 300*ms, 900*ms)}, 300 * ms},
		{"another server, ahead", []measure{after(0, 0, 2*ms), after(2*s, h, 2*ms)}, h},
		{"another server, behind", []measure{after(0, 0, 2*ms), after(2*s, -h, 2*ms)}, -h},
		{"another server, and a slow round trip", []measure{after(0, 0, 2*ms), after(2*s, h, 900*ms)}, h},
	} {
		c, passed := newClock(), time.Duration(0)
		c.steady = func() time.Duration { return passed }
		for _, m := range tt.measures {
			passed = m.at
			c.take(t.Context(), m)
		}
		passed += time.Minute
		if wrong := c.now().Sub(server.Add(passed)); wrong != tt.wrong {
			t.Errorf("%s: the clock is wrong by %v, want %v", tt.name, wrong, tt.wrong)
		}
	}
}

// A SQLite file has one process: its time is its host's.
func TestWithoutAServerTheTimeIsTheHosts(t *testing.T) {
	c, host := newClock(), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	c.wall = func() time.Time { return host }
	if now := c.now(); !now.Equal(host) {
		t.Errorf("got %v, want %v", now, host)
	}
}
