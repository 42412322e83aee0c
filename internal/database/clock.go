package database

import (
	"context"
	"database/sql"
	"log/slog"
	"sync"
	"time"
)

const (
	// measureEvery is how soon a replica follows a server that has another clock, as
	// after a failover.
	measureEvery = 2 * time.Second
	// measureWithin bounds one measurement. What takes longer says too little.
	measureWithin = 2 * time.Second
	// firstMeasures are made at the start: the first one waits for a connection's
	// first query, too.
	firstMeasures = 3
	// drift is how many ticks of a clock it takes until two clocks may differ by one:
	// each of them may run wrong by 500 in a million while it is put right.
	// Source: adjtimex(2), the kernel's limit of a frequency's adjustment.
	drift = 1000
	// toldJump is from which difference on operators hear of it.
	toldJump = time.Second
	// toldAge is after how long without an answer operators hear of it.
	toldAge = time.Minute
)

// began is where a steady clock counts from on systems that have no better one.
var began = time.Now()

// clock tells the time that all processes on a database share. On Postgres it is
// the server's, as it was measured, carried on by this process's steady clock: what
// is done to the clock of this host changes nothing. A SQLite file has one process,
// and its time is this host's.
type clock struct {
	wall   func() time.Time
	steady func() time.Duration

	mu       sync.Mutex
	best     measure
	answered time.Duration // when the server last said its time

	told bool // that it does not; Run's own
}

// measure is a server's time at a place of the steady clock, right up to a doubt.
type measure struct {
	server time.Time
	at     time.Duration
	doubt  time.Duration
}

func newClock() *clock { return &clock{wall: time.Now, steady: sinceBoot} }

// Now is the time of the database: on Postgres the server's, so that replicas whose
// hosts' clocks differ agree, on SQLite this host's.
func (d *DB) Now() time.Time { return d.clock.now() }

// Option changes how a database is opened.
type Option func(*DB)

// WithHostClock replaces what this host knows of the time, its wall clock and one
// that nobody sets: for tests of hosts whose clocks are wrong, and of what waits.
func WithHostClock(wall func() time.Time, steady func() time.Duration) Option {
	return func(d *DB) { d.clock.wall, d.clock.steady = wall, steady }
}

// Run keeps Now right until ctx is done. Without it Now goes on from what Open
// measured.
func (d *DB) Run(ctx context.Context) {
	if !d.shared {
		return
	}
	tick := time.NewTicker(measureEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			d.clock.tell(ctx, d.measure(ctx))
		}
	}
}

// measureFirst asks the server for its time before anybody asks Now.
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
	conn, err := d.read.Conn(ctx) // the wait for one is no part of the round trip
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

// ask takes the answer for the time in the middle of the round trip.
func (c *clock) ask(ctx context.Context, conn *sql.Conn) (m measure, err error) {
	sent := c.steady()
	err = conn.QueryRowContext(ctx, "SELECT clock_timestamp()").Scan(&m.server)
	m.doubt = (c.steady() - sent) / 2
	m.at, m.server = sent+m.doubt, m.server.UTC()
	return m, err
}

// take believes a measure that is better than the one before, whose doubt grows
// with time, or that shows that the server's clock is another one now.
func (c *clock) take(ctx context.Context, m measure) {
	c.mu.Lock()
	c.answered = m.at
	before := c.best.carried(m.at)
	jump := m.server.Sub(before.server)
	first, another := c.best.server.IsZero(), jump.Abs() > before.doubt+m.doubt
	if first || another || m.doubt <= before.doubt {
		c.best = m
	}
	c.mu.Unlock()
	if !first && another && jump.Abs() >= toldJump {
		slog.WarnContext(ctx, "the database's clock has jumped, and is followed", "by", jump.String())
	}
}

// tell says once that the server's time cannot be asked for: what was measured before
// holds on, and is the less sure the older it is. That the server is away, others say.
func (c *clock) tell(ctx context.Context, err error) {
	switch age := c.age(); {
	case err == nil && c.told:
		slog.InfoContext(ctx, "the database says its time again")
		c.told = false
	case err != nil && ctx.Err() == nil && age >= toldAge && !c.told:
		slog.WarnContext(ctx, "the database does not say its time; what it said last is carried on", "age", age.String(), "error", err)
		c.told = true
	}
}

// age is how long ago the server last said its time.
func (c *clock) age() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.steady() - c.answered
}

func (m measure) carried(to time.Duration) measure {
	passed := to - m.at
	return measure{server: m.server.Add(passed), at: to, doubt: m.doubt + passed.Abs()/drift}
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.best.server.IsZero() {
		return c.wall()
	}
	return c.best.carried(c.steady()).server
}
