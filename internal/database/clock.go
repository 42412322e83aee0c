package database

import (
	"context"
	"database/sql"
	"log/slog"
	"sync"
	"time"
)

const (
	// measureEvery is the interval between measurements, and so the longest time until
	// a replica follows a server with a different clock, as after a failover.
	measureEvery = 2 * time.Second
	// measureWithin limits one measurement. A slower one is too imprecise to use.
	measureWithin = 2 * time.Second
	// firstMeasures is the number of measurements at the start. The first is imprecise,
	// because it includes the set-up of a connection.
	firstMeasures = 3
	// drift is the number of ticks in which two clocks may diverge by one tick: each may
	// run 500 ppm fast or slow while it is adjusted.
	// Source: adjtimex(2), the kernel's limit of a frequency's adjustment.
	drift = 1000
	// logJump is the smallest clock jump that is logged.
	logJump = time.Second
	// logAge is how long the clock may be unreachable before that is logged.
	logAge = time.Minute
)

// began is the origin of the steady clock on systems without a better one.
var began = time.Now()

// clock is the time that all processes on a database share. On Postgres it is the
// server's time, measured and then extrapolated with this process's steady clock, so
// that changes to this host's clock have no effect. A SQLite file has one process, and
// its time is this host's.
type clock struct {
	wall   func() time.Time
	steady func() time.Duration

	mu       sync.Mutex
	best     measure
	answered time.Duration // steady time of the last answer

	logged bool // the clock is logged as unreachable; only Run uses it
}

// measure is the server's time at a point of the steady clock, with its uncertainty.
type measure struct {
	server time.Time
	at     time.Duration
	margin time.Duration
}

func newClock() *clock { return &clock{wall: time.Now, steady: sinceBoot} }

// Now returns the time of the database: on Postgres the server's, so that replicas
// agree even if their hosts' clocks differ; on SQLite this host's.
func (d *DB) Now() time.Time { return d.clock.now() }

// Option changes how a database is opened.
type Option func(*DB)

// WithHostClock replaces this host's wall clock and steady clock. Tests use it for
// hosts with wrong clocks and to skip waits.
func WithHostClock(wall func() time.Time, steady func() time.Duration) Option {
	return func(d *DB) { d.clock.wall, d.clock.steady = wall, steady }
}

// WithTrace calls trace before each statement on a SQLite file, from any goroutine. Tests
// count statements with it.
func WithTrace(trace func(query string)) Option {
	return func(d *DB) { d.trace = trace }
}

// Run keeps Now accurate until ctx is done, and checks the pages of a SQLite file.
// Without it, Now extrapolates from the measurement in Open.
func (d *DB) Run(ctx context.Context) {
	if !d.shared {
		d.watchPages(ctx)
		return
	}
	tick := time.NewTicker(measureEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			d.clock.logReachable(ctx, d.measure(ctx))
		}
	}
}

// measureFirst measures the server's time before the first call of Now.
func (d *DB) measureFirst(ctx context.Context) error {
	if !d.shared {
		return nil
	}
	for range firstMeasures {
		if err := d.measure(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (d *DB) measure(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, measureWithin)
	defer cancel()
	conn, err := d.read.Conn(ctx) // waiting for a connection is not part of the round trip
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // back to the pool
	m, err := d.clock.ask(ctx, conn)
	if err == nil {
		d.clock.take(ctx, m)
	}
	return err
}

// ask reads the server's time and assigns it to the middle of the round trip.
func (c *clock) ask(ctx context.Context, conn *sql.Conn) (m measure, err error) {
	sent := c.steady()
	err = conn.QueryRowContext(ctx, "SELECT clock_timestamp()").Scan(&m.server)
	m.margin = (c.steady() - sent) / 2
	m.at, m.server = sent+m.margin, m.server.UTC()
	return m, err
}

// take adopts a measurement if it is at least as precise as the current one, whose
// margin grows with time, or if it shows that the server's clock has changed.
func (c *clock) take(ctx context.Context, m measure) {
	c.mu.Lock()
	c.answered = m.at
	before := c.best.extrapolate(m.at)
	jump := m.server.Sub(before.server)
	first, changed := c.best.server.IsZero(), jump.Abs() > before.margin+m.margin
	if first || changed || m.margin <= before.margin {
		c.best = m
	}
	c.mu.Unlock()
	if !first && changed && jump.Abs() >= logJump {
		slog.WarnContext(ctx, "database clock jumped", "by", jump.String())
	}
}

// logReachable logs once that the server's clock is unreachable, and once that it
// answers again. Meanwhile the clock extrapolates from the last measurement. Callers
// report connection errors.
func (c *clock) logReachable(ctx context.Context, err error) {
	switch age := c.age(); {
	case err == nil && c.logged:
		slog.InfoContext(ctx, "database clock reachable again")
		c.logged = false
	case err != nil && ctx.Err() == nil && age >= logAge && !c.logged:
		slog.WarnContext(ctx, "database clock unreachable; using the last measurement", "age", age.String(), "error", err)
		c.logged = true
	}
}

// age is the time since the server last answered.
func (c *clock) age() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.steady() - c.answered
}

// extrapolate moves the measurement to a later point of the steady clock.
func (m measure) extrapolate(to time.Duration) measure {
	passed := to - m.at
	return measure{server: m.server.Add(passed), at: to, margin: m.margin + passed.Abs()/drift}
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.best.server.IsZero() {
		return c.wall()
	}
	return c.best.extrapolate(c.steady()).server
}
