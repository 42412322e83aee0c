package database

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// The more precise of two measurements wins, precision falls with age, and a
// difference beyond both margins means that the server's clock has changed.
func TestMostPreciseMeasurementWins(t *testing.T) {
	server := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	after := func(d time.Duration, wrong, margin time.Duration) measure {
		return measure{server: server.Add(d + wrong), at: d, margin: margin}
	}
	const ms, s, h = time.Millisecond, time.Second, time.Hour
	for _, tt := range []struct {
		name     string
		measures []measure
		wrong    time.Duration // final error of the clock
	}{
		{"the first", []measure{after(0, 300*ms, 900*ms)}, 300 * ms},
		{"a more precise one", []measure{after(0, 300*ms, 900*ms), after(2*s, 1*ms, 2*ms)}, 1 * ms},
		{"a slow round trip", []measure{after(0, 1*ms, 2*ms), after(2*s, 300*ms, 900*ms)}, 1 * ms},
		{"equally precise and newer", []measure{after(0, 1*ms, 2*ms), after(2*s, -1*ms, 2*ms)}, -1 * ms},
		{"a slow round trip after a long time", []measure{after(0, 1*ms, 2*ms), after(h, 300*ms, 900*ms)}, 300 * ms},
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

// The steady clock stops if its host is suspended, for example a paused virtual
// machine. The next measurement corrects it.
func TestSuspendedSteadyClockIsCorrected(t *testing.T) {
	const slept = time.Hour
	server, passed := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Duration(0)
	c := newClock()
	c.steady = func() time.Duration { return passed }
	c.take(t.Context(), measure{server: server, margin: time.Millisecond})
	passed += time.Second
	c.take(t.Context(), measure{server: server.Add(slept + passed), at: passed, margin: time.Millisecond})
	if want := server.Add(slept + passed); !c.now().Equal(want) {
		t.Errorf("the time is %v, want %v", c.now(), want)
	}
}

// An unreachable clock is logged once, with its age, and so is its recovery.
func TestUnreachableClockIsLoggedOnce(t *testing.T) {
	var log strings.Builder
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	c, passed := newClock(), time.Duration(0)
	c.steady = func() time.Duration { return passed }
	away := errors.New("away")
	for range 2 {
		log.Reset()
		c.take(t.Context(), measure{at: passed})
		for range 100 { // 30 a minute
			c.logReachable(t.Context(), away)
			passed += measureEvery
		}
		if text := log.String(); strings.Count(text, "level=WARN") != 1 || !strings.Contains(text, "age=1m0s") {
			t.Errorf("after 200 s without an answer: %q, want one warning, after a minute", text)
		}
		c.logReachable(t.Context(), nil)
		c.logReachable(t.Context(), nil)
		if text := log.String(); strings.Count(text, "level=INFO") != 1 {
			t.Errorf("after an answer: %q, want one line", text)
		}
	}
}

// A SQLite file has one process and uses its host's time.
func TestSQLiteUsesHostTime(t *testing.T) {
	c, host := newClock(), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	c.wall = func() time.Time { return host }
	if now := c.now(); !now.Equal(host) {
		t.Errorf("got %v, want %v", now, host)
	}
}
