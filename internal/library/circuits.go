package library

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Circuit is a channel that its provider does not serve as it should. While it
// is open the channel's relays rest, and their uploads show its problem.
type Circuit struct {
	Channel string
	// Failures in a row, of all relays of the channel.
	Failures int
	// Cause of the last failure, in the caller's words.
	Cause string
	// OpenedAt is when the channel stopped; zero while failures are only counted.
	OpenedAt time.Time
	// ProbeAt is from when one relay at a time may try.
	ProbeAt time.Time
	// Problem says why the channel stopped; nil while it has not.
	Problem *Problem
}

// Open reports whether the channel has stopped.
func (c Circuit) Open() bool { return !c.OpenedAt.IsZero() }

// Failure is what a relay met at the provider.
type Failure struct {
	Channel string
	Cause   string
	Problem Problem
	// Began is when the relay asked the provider. One that asked before the channel
	// stopped adds nothing to what is known.
	Began time.Time
	// Rest says how long the channel shall rest after so many failures in a row;
	// 0 leaves it open to all.
	Rest func(failures int) time.Duration
}

// FailCircuit counts a failure of a channel, stops the channel where the failure
// says so, and returns what became of it. A rest is never cut short by a later
// failure.
func (l *Library) FailCircuit(ctx context.Context, f Failure) (c Circuit, err error) {
	problem, err := toJSON(&f.Problem)
	if err != nil {
		return Circuit{}, err
	}
	err = l.db.Relaxed(ctx, func(tx *sql.Tx) error {
		var failures int
		err := tx.QueryRowContext(ctx, `INSERT INTO circuits (channel, failures, cause) VALUES ($1, 1, $2)
			ON CONFLICT (channel) DO UPDATE SET cause = excluded.cause,
				failures = circuits.failures + CASE WHEN circuits.opened_at <= $3 THEN 1 ELSE 0 END RETURNING failures`,
			f.Channel, f.Cause, millis(f.Began)).Scan(&failures)
		if err != nil {
			return err
		}
		if rest := f.Rest(failures); rest > 0 {
			err = l.openCircuit(ctx, tx, f.Channel, rest, problem)
		}
		if err != nil {
			return err
		}
		c, err = scanCircuit(tx.QueryRowContext(ctx, "SELECT "+circuitColumns+" FROM circuits WHERE channel = $1", f.Channel))
		return err
	})
	if err != nil {
		return Circuit{}, fmt.Errorf("count a failure of channel %s: %w", f.Channel, err)
	}
	return c, nil
}

func (l *Library) openCircuit(ctx context.Context, tx *sql.Tx, channel string, rest time.Duration, problem string) error {
	now, until := l.now(), millis(l.now().Add(rest))
	_, err := tx.ExecContext(ctx, `UPDATE circuits SET opened_at = CASE WHEN opened_at = 0 THEN $1 ELSE opened_at END,
		probe_at = CASE WHEN probe_at > $2 THEN probe_at ELSE $3 END, problem = $4 WHERE channel = $5`,
		millis(now), until, until, problem, channel)
	if err != nil {
		return err
	}
	return touchWaiting(ctx, tx, channel)
}

// touchWaiting tells who watches a waiting upload that its problem has changed.
func touchWaiting(ctx context.Context, tx *sql.Tx, channel string) error {
	_, err := tx.ExecContext(ctx, `UPDATE uploads SET version = version + 1 WHERE id IN
		(SELECT upload_id FROM relays WHERE channel = $1 AND is_open = 1)`, channel)
	return err
}

// CloseCircuit forgets a channel's failures after a success that began at a time.
// One that began before the channel stopped says nothing of it now.
func (l *Library) CloseCircuit(ctx context.Context, channel string, began time.Time) (closed bool, err error) {
	return l.dropCircuit(ctx, channel, "opened_at <= $2", millis(began))
}

// ReviveCircuit lets a channel that stopped for a cause go on, since the cause is
// gone.
func (l *Library) ReviveCircuit(ctx context.Context, channel, cause string) (revived bool, err error) {
	return l.dropCircuit(ctx, channel, "cause = $2", cause)
}

// dropCircuit asks first without a writer's turn: nearly always there is nothing
// to drop.
func (l *Library) dropCircuit(ctx context.Context, channel, where string, arg any) (dropped bool, err error) {
	var found int
	err = l.db.Read().QueryRowContext(ctx, "SELECT COUNT(*) FROM circuits WHERE channel = $1 AND "+where, channel, arg).Scan(&found)
	if err != nil || found == 0 {
		return false, err
	}
	err = l.db.Relaxed(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "DELETE FROM circuits WHERE channel = $1 AND "+where, channel, arg)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		dropped = n > 0
		if err != nil || !dropped {
			return err
		}
		return touchWaiting(ctx, tx, channel)
	})
	if err != nil {
		return false, fmt.Errorf("close the circuit of channel %s: %w", channel, err)
	}
	l.news.tellWork()
	return dropped, nil
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
