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
	// Cause is the lasting cause where the channel met it, and the last failure's
	// otherwise, in the caller's words.
	Cause string
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
	// Lasting is the cause that time does not mend: until the circuit closes, a
	// failure of another cause does not replace it, so that ReviveCircuit finds it.
	Lasting string
	Problem Problem
	// Began is when the relay asked the provider. One that asked before the channel
	// stopped adds nothing to what is known, but for the lasting cause.
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
	takes := !c.Open() || c.takes(f, late)
	if !believed {
		c.OpenedAt = now
	}
	if !late {
		c.Failures++
	}
	if rest := f.Rest(c.Failures); rest > 0 {
		c = c.resting(now, rest)
	}
	if takes {
		c.Cause = f.Cause
	}
	if takes && c.Open() {
		c.Problem = &f.Problem
	}
	return c
}

// takes reports whether an open circuit's cause is the failure's from now on: a
// late one is news only of the lasting cause, and only the first time.
func (c Circuit) takes(f Failure, late bool) bool {
	lasts := f.Lasting != "" && c.Cause == f.Lasting
	if f.Lasting != "" && f.Cause == f.Lasting {
		return !late || !lasts
	}
	return !late && !lasts
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
	_, err = tx.ExecContext(ctx, `UPDATE circuits SET failures = $1, cause = $2, opened_at = $3, probe_at = $4, problem = $5
		WHERE channel = $6`, after.Failures, after.Cause, millisOrNone(after.OpenedAt), millisOrNone(after.ProbeAt), problem, after.Channel)
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
	return l.dropCircuit(ctx, channel, "(opened_at <= $2 OR opened_at > $3)", millis(began), millis(l.now().Add(openedAhead)))
}

// ReviveCircuit lets a channel that stopped for a cause go on, since the cause is
// gone.
func (l *Library) ReviveCircuit(ctx context.Context, channel, cause string) (revived bool, err error) {
	return l.dropCircuit(ctx, channel, "cause = $2", cause)
}

// dropCircuit asks first without a writer's turn: nearly always there is nothing
// to drop. Uploads that wait have news only where the channel had stopped.
func (l *Library) dropCircuit(ctx context.Context, channel, where string, args ...any) (wasOpen bool, err error) {
	args = append([]any{channel}, args...)
	var found int
	err = l.db.Read().QueryRowContext(ctx, "SELECT COUNT(*) FROM circuits WHERE channel = $1 AND "+where, args...).Scan(&found)
	if err != nil || found == 0 {
		return false, err
	}
	err = l.db.Relaxed(ctx, func(tx *sql.Tx) error {
		var opened int64
		err := tx.QueryRowContext(ctx, "DELETE FROM circuits WHERE channel = $1 AND "+where+" RETURNING opened_at", args...).Scan(&opened)
		if wasOpen = opened > 0; err == nil && wasOpen {
			return touchWaiting(ctx, tx, channel)
		}
		if errors.Is(err, sql.ErrNoRows) { // another was faster
			return nil
		}
		return err
	})
	if err != nil {
		return false, fmt.Errorf("close the circuit of channel %s: %w", channel, err)
	}
	if wasOpen {
		l.news.tellWork()
	}
	return wasOpen, nil
}

// OpenCircuits lists the channels that have stopped.
func (l *Library) OpenCircuits(ctx context.Context) ([]Circuit, error) {
	return list(ctx, l.db.Read(), scanCircuit, "SELECT "+circuitColumns+" FROM circuits WHERE opened_at > 0 ORDER BY channel")
}

const circuitColumns = "channel, failures, cause, opened_at, probe_at, problem"

func scanCircuit(row scanner) (c Circuit, err error) {
	var opened, probe int64
	var problem string
	if err = row.Scan(&c.Channel, &c.Failures, &c.Cause, &opened, &probe, &problem); err != nil {
		return Circuit{}, notFound(err)
	}
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
