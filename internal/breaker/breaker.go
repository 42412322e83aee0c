// Package breaker is the circuit breaker of a channel. It is closed while the
// channel's provider serves requests, and open while the channel is paused. After
// the cool-down it is half-open: one relay at a time, which holds the lease named
// by ProbeLease, probes the provider. A success closes the breaker; a failure
// starts another cool-down.
//
// The state is a row of the table circuits and not a value in memory, such as
// sony/gobreaker keeps. All replicas must pause a channel together, the query for
// due relays must skip the relays of a paused channel, and a waiting upload shows
// its channel's problem. A breaker for each replica offers none of that.
//
// It leaves to others: which errors count and how long a cool-down lasts
// (relay/policy), the relays that wait (library), and the requests (relay).
package breaker

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Library is the database with the uploads that wait for a channel;
// *library.Library is one.
type Library interface {
	Now() time.Time
	Read() *sql.DB
	// UpdateChannel runs change in one transaction. If change reports that the
	// channel's waiting uploads show something else from then on, their versions
	// grow in the same transaction and the relays of this process are woken.
	UpdateChannel(ctx context.Context, channel string, change func(*sql.Tx) (shown bool, err error)) error
}

// Breaker is the circuit breakers of all channels. It holds no state of its own,
// so there may be several over one library.
type Breaker struct{ library Library }

// New makes the breakers over a library.
func New(l Library) *Breaker { return &Breaker{library: l} }

// ProbeLease names the lease that a relay of a half-open channel must hold.
func ProbeLease(channel string) string { return "probe/" + channel }

// RecordFailure counts a failure of a channel, trips its breaker if the failure's
// Trip says so, and returns the circuit. A later failure never shortens a cool-down.
func (b *Breaker) RecordFailure(ctx context.Context, f Failure) (c Circuit, err error) {
	err = b.library.UpdateChannel(ctx, f.Channel, func(tx *sql.Tx) (shown bool, err error) {
		before, err := lock(ctx, tx, f.Channel)
		if err != nil {
			return false, err
		}
		c = before.after(f, b.library.Now())
		c.Changed = c.Open() && (!before.Open() || c.Cause != before.Cause)
		return save(ctx, tx, before, c)
	})
	if err != nil {
		return Circuit{}, fmt.Errorf("count a failure of channel %s: %w", f.Channel, err)
	}
	return c, nil
}

// RecordSuccess closes a channel's breaker after a request that began at a time and
// succeeded, and reports whether the breaker was open. A request that began before the
// end of the cool-down changes nothing: it was on its way when the breaker tripped, and
// the provider may have asked to wait.
func (b *Breaker) RecordSuccess(ctx context.Context, channel string, began time.Time) (wasOpen bool, err error) {
	latest := b.library.Now().Add(clockSkew)
	return b.close(ctx, closing{
		statement: "DELETE FROM circuits", where: "(probe_at <= $2 OR opened_at > $3)", wasOpen: "opened_at",
		channel: channel, args: []any{began.UnixMilli(), latest.UnixMilli()},
	})
}

// Reset closes a breaker that only an operator could close, since the operator may
// have acted, and reports whether there was one. Until a request succeeds the
// channel still counts as down.
func (b *Breaker) Reset(ctx context.Context, channel string) (reset bool, err error) {
	return b.close(ctx, closing{
		statement: "UPDATE circuits SET failures = 0, opened_at = 0, probe_at = 0, problem = ''",
		where:     "shut_out = 1 AND opened_at > 0", wasOpen: "shut_out", channel: channel,
	})
}

// closing is a statement that closes a channel's breaker, the condition under which
// it does, and the column that is then above 0 if the breaker was open.
type closing struct {
	statement, where, wasOpen, channel string
	args                               []any // of $2 and up; $1 is the channel
}

// close reads first, without waiting for the writer's turn: nearly always there is
// nothing to close.
func (b *Breaker) close(ctx context.Context, c closing) (wasOpen bool, err error) {
	where, args := " WHERE channel = $1 AND "+c.where, append([]any{c.channel}, c.args...)
	var found int64
	err = b.library.Read().QueryRowContext(ctx, "SELECT COUNT(*) FROM circuits"+where, args...).Scan(&found)
	if err != nil || found == 0 {
		return false, err
	}
	err = b.library.UpdateChannel(ctx, c.channel, func(tx *sql.Tx) (bool, error) {
		err := tx.QueryRowContext(ctx, c.statement+where+" RETURNING "+c.wasOpen, args...).Scan(&found)
		if errors.Is(err, sql.ErrNoRows) { // another replica was faster
			return false, nil
		}
		wasOpen = err == nil && found > 0
		return wasOpen, err
	})
	if err != nil {
		return false, fmt.Errorf("close the breaker of channel %s: %w", c.channel, err)
	}
	return wasOpen, nil
}
