package library

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Circuit is a channel that its provider does not serve as it should. While it
// is open the channel's relays rest, and their uploads show its problem.
type Circuit struct {
	Channel string
	// Failures in a row, of all relays of the channel.
	Failures int
	// Cause is that of the last failure that shut the channel out, where one did, and
	// the last failure's otherwise, in the caller's words.
	Cause string
	// ShutOut says that a failure shut the channel out, and that no relay of it was
	// served since.
	ShutOut bool
	// OpenedAt is when the channel stopped; zero while failures are only counted.
	OpenedAt time.Time
	// ProbeAt is from when one relay at a time may try.
	ProbeAt time.Time
	// Problem is the cause's, and says why the channel stopped; nil while it has not.
	Problem *Problem
}

// Open reports whether the channel has stopped.
func (c Circuit) Open() bool { return !c.OpenedAt.IsZero() }

// Failure is what a relay met at the provider.
type Failure struct {
	Channel string
	Cause   string
	// ShutsOut says that time does not mend the cause, but an operator: until the
	// circuit closes, a failure that time mends does not replace it.
	ShutsOut bool
	Problem  Problem
	// Began is when the relay asked the provider. One that asked before the channel
	// stopped adds nothing to what is known, unless it is the first that shuts it out.
	Began time.Time
	// Rest says how long the channel shall rest after so many failures in a row;
	// 0 leaves it open to all.
	Rest func(failures int) time.Duration
}

// FailCircuit counts a failure of a channel, stops the channel where the failure
// says so, and returns what became of it. A rest is never cut short by a later
// failure. Who watches a waiting upload is told where its problem is another now.
func (l *Library) FailCircuit(ctx context.Context, f Failure) (c Circuit, err error) {
	err = l.db.Relaxed(ctx, func(tx *sql.Tx) error {
		before, err := lockCircuit(ctx, tx, f.Channel)
		if err != nil {
			return err
		}
		c = before.after(f, l.now())
		changed, err := saveCircuit(ctx, tx, before, c)
		if err != nil || !changed {
			return err
		}
		return touchWaiting(ctx, tx, f.Channel)
	})
	if err != nil {
		return Circuit{}, fmt.Errorf("count a failure of channel %s: %w", f.Channel, err)
	}
	return c, nil
}

// after is what becomes of a circuit by a failure.
func (c Circuit) after(f Failure, now time.Time) Circuit {
	believed := !c.OpenedAt.After(now.Add(openedAhead))
	late := believed && c.OpenedAt.After(f.Began)
	if late && (!f.ShutsOut || c.ShutOut) {
		return c
	}
	news := !c.Open() || f.ShutsOut || !c.ShutOut
	if !believed {
		c.OpenedAt = now
	}
	if !late {
		c.Failures++
	}
	if rest := f.Rest(c.Failures); rest > 0 {
		c = c.resting(now, rest)
	}
	if news {
		c = c.because(f)
	}
	return c
}

// because is the circuit with a failure as what is known of it.
func (c Circuit) because(f Failure) Circuit {
	c.Cause, c.ShutOut = f.Cause, c.ShutOut || f.ShutsOut
	if c.Open() {
		c.Problem = &f.Problem
	}
	return c
}

// resting is the circuit open, and resting for at least so long. What a wrong
// clock wrote is no rest.
func (c Circuit) resting(now time.Time, rest time.Duration) Circuit {
	if !c.Open() {
		c.OpenedAt = now
	}
	if until := now.Add(rest); c.ProbeAt.Before(until) || c.ProbeAt.After(now.Add(believable)) {
		c.ProbeAt = until
	}
	return c
}

// lockCircuit reads a channel's circuit, or makes one, and holds its row until the
// transaction ends.
func lockCircuit(ctx context.Context, tx *sql.Tx, channel string) (Circuit, error) {
	return scanCircuit(tx.QueryRowContext(ctx, `INSERT INTO circuits (channel, failures) VALUES ($1, 0)
		ON CONFLICT (channel) DO UPDATE SET channel = excluded.channel RETURNING `+circuitColumns, channel))
}

// saveCircuit reports whether what waiting uploads show is another now.
func saveCircuit(ctx context.Context, tx *sql.Tx, before, after Circuit) (changed bool, err error) {
	shown, err := toJSON(before.Problem)
	if err != nil {
		return false, err
	}
	problem, err := toJSON(after.Problem)
	if err != nil {
		return false, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE circuits SET failures = $1, cause = $2, opened_at = $3, probe_at = $4, problem = $5,
		shut_out = $6 WHERE channel = $7`, after.Failures, after.Cause, millisOrNone(after.OpenedAt), millisOrNone(after.ProbeAt), problem,
		bit(after.ShutOut), after.Channel)
	return problem != shown, err
}

// touchWaiting tells who watches a waiting upload that its problem has changed.
func touchWaiting(ctx context.Context, tx *sql.Tx, channel string) error {
	_, err := tx.ExecContext(ctx, `UPDATE uploads SET version = version + 1 WHERE id IN
		(SELECT upload_id FROM relays WHERE channel = $1 AND is_open = 1)`, channel)
	return err
}

// openedAhead bounds how far ahead a channel can have stopped, which is by as much
// as clocks differ. What is further ahead was written by a clock that was wrong, and
// is as good as past.
const openedAhead = time.Minute

// CloseCircuit forgets a channel's failures after a success that began at a time,
// and reports whether the channel had stopped. One that began before the channel
// stopped says nothing of it now.
func (l *Library) CloseCircuit(ctx context.Context, channel string, began time.Time) (closed bool, err error) {
	return l.endCircuit(ctx, end{
		statement: "DELETE FROM circuits", where: "(opened_at <= $2 OR opened_at > $3)", stopped: "opened_at",
	}, channel, millis(began), millis(l.now().Add(openedAhead)))
}

// ReviveCircuit lets a channel that was shut out go on at once, since what shut it
// out may be gone. That it was is remembered until it is served.
func (l *Library) ReviveCircuit(ctx context.Context, channel string) (revived bool, err error) {
	return l.endCircuit(ctx, end{
		statement: "UPDATE circuits SET failures = 0, opened_at = 0, probe_at = 0, problem = ''",
		where:     "shut_out = 1 AND opened_at > 0", stopped: "shut_out",
	}, channel)
}

// end is a way for a channel to go on: what is done to its row, on which condition,
// and the column that then says, by a number above 0, that the channel had stopped.
type end struct{ statement, where, stopped string }

// endCircuit asks first without a writer's turn: nearly always there is nothing
// to end. Uploads that wait have news only where the channel had stopped.
func (l *Library) endCircuit(ctx context.Context, e end, channel string, args ...any) (stopped bool, err error) {
	where, args := " WHERE channel = $1 AND "+e.where, append([]any{channel}, args...)
	var found int64
	err = l.db.Read().QueryRowContext(ctx, "SELECT COUNT(*) FROM circuits"+where, args...).Scan(&found)
	if err != nil || found == 0 {
		return false, err
	}
	err = l.db.Relaxed(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, e.statement+where+" RETURNING "+e.stopped, args...).Scan(&found)
		if errors.Is(err, sql.ErrNoRows) { // another was faster
			return nil
		}
		if stopped = found > 0; err == nil && stopped {
			return touchWaiting(ctx, tx, channel)
		}
		return err
	})
	if err != nil {
		return false, fmt.Errorf("let channel %s go on: %w", channel, err)
	}
	if stopped {
		l.news.tellWork()
	}
	return stopped, nil
}

// OpenCircuits lists the channels that have stopped.
func (l *Library) OpenCircuits(ctx context.Context) ([]Circuit, error) {
	return list(ctx, l.db.Read(), scanCircuit, "SELECT "+circuitColumns+" FROM circuits WHERE opened_at > 0 ORDER BY channel")
}

const circuitColumns = "channel, failures, cause, opened_at, probe_at, problem, shut_out"

func scanCircuit(row scanner) (c Circuit, err error) {
	var opened, probe, shutOut int64
	var problem string
	if err = row.Scan(&c.Channel, &c.Failures, &c.Cause, &opened, &probe, &problem, &shutOut); err != nil {
		return Circuit{}, notFound(err)
	}
	c.ShutOut = shutOut != 0
	if opened > 0 {
		c.OpenedAt, c.ProbeAt = fromMillis(opened), fromMillis(probe)
	}
	c.Problem, err = fromJSON[Problem](problem)
	return c, err
}

// Waiting is how many relays of a channel are open, and since when the oldest is.
type Waiting struct {
	Channel string
	Relays  int
	Oldest  time.Time
}

// WaitingRelays counts the open relays of every channel that has some.
func (l *Library) WaitingRelays(ctx context.Context) ([]Waiting, error) {
	return list(ctx, l.db.Read(), func(row scanner) (w Waiting, err error) {
		var oldest int64
		err = row.Scan(&w.Channel, &w.Relays, &oldest)
		w.Oldest = fromMillis(oldest)
		return w, err
	}, "SELECT channel, COUNT(*), MIN(created_at) FROM relays WHERE is_open = 1 GROUP BY channel ORDER BY channel")
}
